// Keeps the picture as large as its place, and tells Python how wide that is and how much of the
// window is left below what stands above it. A FigureWidget starts
// 700 pixels wide in JupyterLab and follows no change but that of the window; and a height that
// comes through Plotly's layout fixes the width as well (plotly.py 6 and 7).
function render({ model, el }) {
  el.hidden = true;
  let place = null;
  const fit = () =>
    requestAnimationFrame(() => {
      const figure = place.querySelector(".cpd-figure");
      if (figure) figure.style.height = `${model.get("height")}px`;
      // Drawn before its place has a size, the picture keeps the size of that moment in its layout,
      // and Plotly resizes nothing that has both of these.
      const plot = figure?.querySelector(".js-plotly-plot");
      if (plot?.layout) {
        delete plot.layout.width;
        delete plot.layout.height;
      }
      const width = Math.round(place.getBoundingClientRect().width);
      if (!width) return; // in a tab that is not on show
      window.dispatchEvent(new Event("resize"));
      if (Math.abs(width - model.get("width")) < 10) return;
      model.set("width", width);
      model.save_changes();
    });
  // Not whenever the page moves: the picture would shrink as somebody unfolds a line above it.
  const measure = () => {
    const figure = place.querySelector(".cpd-figure");
    const board = place.closest(".cpd");
    if (!figure || !board) return;
    const above = figure.getBoundingClientRect().top - board.getBoundingClientRect().top;
    const room = Math.max(0, Math.round(window.innerHeight - above - 45));
    if (Math.abs(room - model.get("room")) < 10) return;
    model.set("room", room);
    model.save_changes();
  };
  let tall = window.innerHeight;
  const resized = () => {
    if (window.innerHeight === tall) return;
    tall = window.innerHeight;
    measure();
  };
  const observer = new ResizeObserver(fit);
  let later = [];
  const timer = setInterval(() => {
    place = el.closest(".cpd")?.querySelector(".cpd-main");
    if (!place) return;
    clearInterval(timer);
    observer.observe(place);
    // Nothing tells when Plotly has drawn for the first time.
    later = [500, 1500, 4000].map((after) =>
      setTimeout(() => {
        fit();
        measure();
      }, after),
    );
    window.addEventListener("resize", resized);
    model.on("change:height", fit);
  }, 50);
  return () => {
    clearInterval(timer);
    later.forEach(clearTimeout);
    observer.disconnect();
    window.removeEventListener("resize", resized);
    model.off("change:height", fit);
  };
}
export default { render };
