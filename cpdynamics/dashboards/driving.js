// Unfolds to which loop is driving. Python sends the diagram once and, for each run, how thick
// every link is at every time; the month slider and the play button move it without asking again.
const ALL = 12000; // milliseconds from the first month to the last

function make(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

function band(row, count) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", `0 0 ${Math.max(1, count - 1)} 100`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  const tops = row.heights.map((height, at) => `L${at} ${100 - height}`).join("");
  path.setAttribute("d", `M0 100${tops}L${count - 1} 100Z`);
  path.setAttribute("fill", row.colour);
  svg.append(path);
  return svg;
}

function render({ model, el }) {
  const details = make("details");
  const words = make("p", "cpd-driver");
  const note = make("p");
  const strip = make("ul", "cpd-loops");
  const legend = make("p", "cpd-quiet");
  const months = make("div", "cpd-months");
  const play = make("button", "cpd-play", "Play");
  const slider = make("input");
  const now = make("span", "cpd-now");
  const place = make("div", "cpd-diagram");
  const caption = make("p", "cpd-quiet");
  const sentence_and_strip = make("div", "cpd-told");
  words.setAttribute("aria-live", "polite");
  strip.setAttribute("aria-label", "Loops, each with how firm its grip is over time");
  play.type = "button";
  slider.type = "range";
  slider.min = 0;
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", "Causal loop diagram");
  months.append(play, slider, now);
  sentence_and_strip.append(words, note, strip, legend);
  details.append(make("summary", "", "Which loop is driving?"), sentence_and_strip, months, place, caption);
  el.append(details);

  let at = null; // the place of the month on show, once a loop has been at work
  let links = [];
  let timer = 0;

  const count = () => model.get("told").times?.length ?? 0;

  const paint = () => {
    const thickness = model.get("thickness");
    const known = thickness && thickness.byteLength === links.length * count();
    const looks = model.get("looks");
    const month = Math.min(at ?? 0, count() - 1);
    links.forEach((link, number) => {
      const level = known ? thickness.getUint8(number * count() + month) : 0;
      if (level === link.level) return;
      link.level = level;
      const [width, scale, opacity] = looks[level];
      link.line.setAttribute("stroke-width", width);
      link.head.setAttribute("transform", `${link.there} scale(${scale}) ${link.back}`);
      link.group.setAttribute("opacity", opacity);
    });
  };

  const show = (wanted) => {
    const { rows = [], times = [], unit = "" } = model.get("told");
    if (!rows.length) return paint();
    at = Math.min(Math.max(0, wanted), times.length - 1);
    slider.value = at;
    const first = rows.reduce((a, b) => (b.heights[at] > a.heights[at] ? b : a));
    const leads = first.heights[at] ? `${first.title} is foremost` : "no loop is at work";
    now.textContent = `${unit} ${times[at]}: ${leads}`;
    slider.setAttribute("aria-valuetext", now.textContent);
    strip.style.setProperty("--at", times.length > 1 ? at / (times.length - 1) : 0);
    paint();
  };

  const stop = () => {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
  };
  const start = () => {
    const last = count() - 1;
    if (at >= last) show(0);
    play.textContent = "Pause";
    timer = setInterval(() => {
      show(at + 1);
      if (at >= count() - 1) stop();
    }, Math.max(50, ALL / Math.max(1, last)));
  };

  const tell = () => {
    const told = model.get("told");
    const { rows = [], times = [] } = told;
    const said = told.error || told.words || "The loops are being looked for…";
    if (words.textContent !== said) words.textContent = said;
    words.classList.toggle("cpd-error", Boolean(told.error));
    note.textContent = told.note ?? "";
    legend.textContent = rows.length ? told.legend : "";
    strip.hidden = months.hidden = !rows.length;
    if (!rows.length) stop();
    const shown = rows.map((row) => {
      const item = make("li");
      const room = make("span", "cpd-room");
      room.append(band(row, times.length), make("i"));
      item.append(make("span", "cpd-loop", row.title), room, make("span", "", row.most));
      return item;
    });
    const ticks = make("li", "cpd-ticks");
    ticks.setAttribute("aria-hidden", "true");
    const scale = make("span");
    const last = times.length - 1;
    for (const share of last > 3 ? [0, 0.25, 0.5, 0.75, 1] : [0, 1]) {
      const tick = make("span", "", times[Math.round(share * last)]);
      tick.style.left = `${100 * (Math.round(share * last) / Math.max(1, last))}%`;
      scale.append(tick);
    }
    ticks.append(make("span", "", `${told.unit ?? ""}`), scale);
    strip.replaceChildren(...shown, ...(rows.length ? [ticks] : []));
    slider.max = Math.max(0, last);
    slider.setAttribute("aria-label", `${told.unit ?? "Time"} on show`);
    show(at ?? told.start ?? 0);
    explain();
    bring();
  };

  const draw = () => {
    const { svg = "", frame = [], said = "", names = [] } = model.get("picture");
    place.hidden = !svg;
    place.innerHTML = svg; // made by cpdynamics.diagrams, which escapes every word
    const drawn = place.querySelector("svg");
    links = [];
    explain();
    if (!drawn) return;
    for (const one of drawn.querySelectorAll(":scope > text")) one.remove(); // title and remark
    drawn.setAttribute("viewBox", frame.join(" "));
    drawn.removeAttribute("width");
    drawn.removeAttribute("height");
    drawn.style.minWidth = `${frame[2]}px`;
    drawn.setAttribute("aria-label", `Causal loop diagram of ${names.join(", ")}`);
    links = [...drawn.querySelectorAll("g.link")].map((group) => {
      const head = group.querySelector("polygon");
      const [x, y] = head.getAttribute("points").split(" ")[0].split(",");
      const line = group.querySelector("path");
      const [there, back] = [`translate(${x} ${y})`, `translate(${-x} ${-y})`];
      return { group, line, head, there, back, level: -1 };
    });
    paint();
  };

  const explain = () => {
    const { said = "", names } = model.get("picture");
    const missing = (names && model.get("told").rows) || [];
    const titles = missing.map((row) => row.title).filter((title) => !names.includes(title));
    caption.textContent = titles.length ? `${said} Not in it: ${titles.join(", ")}.` : said;
  };

  let just = false; // unfolded by hand, and the answer has not come yet
  const bring = () => {
    if (!just) return;
    just = !model.get("told").words;
    sentence_and_strip.scrollIntoView({ block: "nearest" });
  };
  // What is wider than its place must be reached by keyboard, and only that.
  const sized = new ResizeObserver(() => {
    if (place.scrollWidth > place.clientWidth) place.tabIndex = 0;
    else place.removeAttribute("tabindex");
  });

  const unfold = () => {
    details.open = model.get("unfolded");
    if (!details.open) stop();
  };
  const wait = () => sentence_and_strip.setAttribute("aria-busy", String(model.get("stale")));

  details.addEventListener("toggle", () => {
    if (details.open === model.get("unfolded")) return;
    model.set("unfolded", details.open);
    model.save_changes();
    just = details.open;
    bring();
  });
  slider.addEventListener("input", () => {
    stop();
    show(Number(slider.value));
  });
  play.addEventListener("click", () => (timer ? stop() : start()));
  model.on("change:told", tell);
  model.on("change:thickness", paint);
  model.on("change:picture", draw);
  model.on("change:unfolded", unfold);
  model.on("change:stale", wait);
  sized.observe(place);
  draw();
  tell();
  wait();
  unfold();
  return () => {
    stop();
    sized.disconnect();
    model.off("change:told", tell);
    model.off("change:thickness", paint);
    model.off("change:picture", draw);
    model.off("change:unfolded", unfold);
    model.off("change:stale", wait);
  };
}
export default { render };
