// Keeps the picture as large as its place, and tells Python how wide that is. A FigureWidget starts
// 700 pixels wide in JupyterLab and follows no change but that of the window; and a height that
// comes through Plotly's layout fixes the width as well (plotly.py 6 and 7).
function render({ model, el }) {
  el.hidden = true;
  let place = null;
  const fit = () =>
    requestAnimationFrame(() => {
      const figure = place.querySelector(".cpd-figure");
      if (figure) figure.style.height = `${model.get("height")}px`;
      const width = Math.round(place.getBoundingClientRect().width);
      if (!width) return; // in a tab that is not on show
      window.dispatchEvent(new Event("resize"));
      if (Math.abs(width - model.get("width")) < 10) return;
      model.set("width", width);
      model.save_changes();
    });
  const observer = new ResizeObserver(fit);
  const timer = setInterval(() => {
    place = el.closest(".cpd")?.querySelector(".cpd-main");
    if (!place) return;
    clearInterval(timer);
    observer.observe(place);
    model.on("change:height", fit);
  }, 50);
  return () => {
    clearInterval(timer);
    observer.disconnect();
    model.off("change:height", fit);
  };
}
export default { render };
