// A chart to draw on with a pointer or with the keyboard. The page knows nothing of the model's run
// before somebody asks to see it. Python decides which points follow a pointer's path.
const SPACE = "http://www.w3.org/2000/svg";
const LEFT = 78; // pixels beside, above and below the plot, for words of 16 pixels
const RIGHT = 116;
const TOP = 14;
const BOTTOM = 58;

function make(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

function svg(tag, attributes, text) {
  const made = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

const inside = (value, low, high) => Math.min(Math.max(value, low), high);

function render({ model, el }) {
  const chart = model.get("chart");
  const { months, low, high, colours, begins } = chart;
  const times = [begins, ...months];

  const number = (value) => {
    const whole = Math.abs(value) < 1e-6 * (high - low) ? 0 : value; // what rounding leaves of zero
    const read = Number((chart.scale * whole).toPrecision(3));
    return read.toLocaleString("en-GB", { maximumSignificantDigits: 3 }).replace("-", "\u2212");
  };
  const spelt = (value) =>
    chart.units.startsWith("£")
      ? number(value).replace(/^\u2212?/, "$&£") + chart.units.slice(1)
      : `${number(value)} ${chart.units}`.trim();
  const when = (time) => `${chart.unit} ${Number(time.toPrecision(6))}`;

  const board = make("section", "cpp");
  board.setAttribute("aria-label", `Predict first: ${chart.variable}`);
  // Keys that are meant for the chart are no shortcuts of JupyterLab.
  board.setAttribute("data-lm-suppress-shortcuts", "true");
  const title = make("h3", "", chart.variable + (chart.units ? ` (${chart.units})` : ""));
  const both = make("div", "cpp-both");
  const place = make("div", "cpp-chart");
  const beside = make("div", "cpp-table");
  const buttons = make("div", "cpp-buttons");
  const words = make("div", "cpp-words");
  words.setAttribute("aria-live", "polite");
  const how = make(
    "p",
    "cpp-how",
    "Draw over the chart with the mouse or a finger. By keyboard: Tab to the line, left and right " +
      "for the next point, up and down to move it, Page Up and Page Down for a large step.",
  );
  const button = (text, act) => {
    const made = make("button", "", text);
    made.type = "button";
    made.addEventListener("click", act);
    buttons.append(made);
    return made;
  };

  let asked = 0;
  const ask = (what) => {
    asked += 1;
    model.set("asked", { n: asked, ...what });
    model.save_changes();
  };
  const show = button("Show the model's run", () => ask({ do: "show" }));
  const again = button("Try again", () => ask({ do: "again" }));
  const reset = button("Start again from a flat line", () => ask({ do: "flat" }));
  show.classList.add("cpp-first");
  const main = make("div", "cpp-main");
  main.append(place, buttons, how, words);
  both.append(main, beside);
  board.append(title, make("p", "cpp-ask", chart.ask), both);
  el.append(board);

  // What is drawn, in pixels: the text keeps its size however wide the page is.
  let width = 0;
  let height = 0;
  let path = null; // of the pointer, while it is down
  let pending = 0; // the sketch whose points have not come yet
  let current = 0; // the point that the keyboard moves
  const x = (time) =>
    LEFT + ((time - times[0]) / (times[times.length - 1] - times[0])) * (width - LEFT - RIGHT);
  const y = (value) => TOP + ((high - value) / (high - low)) * (height - TOP - BOTTOM);
  const along = (line) => line.map(([t, v]) => `${x(t).toFixed(1)},${y(v).toFixed(1)}`).join(" ");
  const curve = (values) => times.map((time, at) => [time, at ? values[at - 1] : chart.start]);

  const shown = () => model.get("revealed");
  const locked = () => model.get("words").length > 0;

  const root = svg("svg", { role: "group", "aria-label": `Chart of ${chart.variable}` });
  const back = svg("g", { "aria-hidden": "true" });
  const ink = svg("polyline", { class: "cpp-ink", stroke: colours.you, "aria-hidden": "true" });
  const points = svg("g", {});
  root.append(back, ink, points);
  place.append(root);

  const sliders = months.map((month, at) => {
    const point = svg("circle", { r: 7, role: "slider", class: "cpp-point", fill: colours.you });
    point.setAttribute("aria-orientation", "vertical");
    point.setAttribute("aria-label", `${chart.variable}, ${when(month)}`);
    point.setAttribute("aria-valuemin", low);
    point.setAttribute("aria-valuemax", high);
    point.addEventListener("keydown", (event) => pressed(event, at));
    point.addEventListener("focus", () => {
      current = at;
      reach();
    });
    points.append(point);
    return point;
  });

  // One stop of the Tab key for all points, as for a group of radio buttons.
  const reach = () =>
    sliders.forEach((point, at) => point.setAttribute("tabindex", at === current ? 0 : -1));

  const pressed = (event, at) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const beyond = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const move = { ArrowUp: 1, ArrowDown: -1, PageUp: 6, PageDown: -6 }[event.key];
    const end = { Home: low, End: high }[event.key];
    if (beyond === undefined && move === undefined && end === undefined) return;
    event.preventDefault();
    if (beyond !== undefined) {
      sliders[inside(at + beyond, 0, sliders.length - 1)].focus();
      return;
    }
    if (locked()) return;
    const values = [...model.get("values")];
    values[at] = end ?? inside(values[at] + move * chart.step, low, high);
    model.set("values", values);
    model.save_changes();
  };

  const label = (text, value, colour) => ({ text, at: y(value), colour });

  const paint = () => {
    if (!width) return;
    const values = model.get("values");
    const { line, first } = shown();
    root.setAttribute("width", width);
    root.setAttribute("height", height);
    const drawn = [svg("rect", { x: LEFT, y: TOP, width: width - LEFT - RIGHT,
      height: height - TOP - BOTTOM, class: "cpp-plot" })];
    for (const value of chart.yTicks) {
      drawn.push(svg("line", { x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value),
        class: value === 0 ? "cpp-zero" : "cpp-grid" }));
      drawn.push(svg("text", { x: LEFT - 8, y: y(value) + 5, "text-anchor": "end" }, number(value)));
    }
    for (const time of chart.xTicks) {
      drawn.push(svg("line", { x1: x(time), x2: x(time), y1: height - BOTTOM, y2: height - BOTTOM + 6,
        class: "cpp-zero" }));
      drawn.push(svg("text", { x: x(time), y: height - BOTTOM + 24, "text-anchor": "middle" },
        String(Number(time.toPrecision(6)))));
    }
    const since = chart.since ? ` (0 is ${chart.since})` : "";
    drawn.push(svg("text", { x: (LEFT + width - RIGHT) / 2, y: height - 8, "text-anchor": "middle" },
      chart.unit + since));
    const trace = (one, colour, dash, thick) =>
      drawn.push(svg("polyline", { points: along(one), stroke: colour, "stroke-dasharray": dash,
        "stroke-width": thick, fill: "none", "stroke-linejoin": "round" }));
    const labels = [label("as before", chart.base[chart.base.length - 1][1], colours.baseInk)];
    trace(chart.base, colours.base, "7 5", 2.5);
    if (first) {
      trace(curve(first), colours.you, "2 5", 2.5);
      labels.push(label("your first", first[first.length - 1], colours.you));
    }
    trace(curve(values), colours.you, "none", 3);
    labels.push(label("you", values[values.length - 1], colours.you));
    if (line) {
      trace(line, colours.model, "14 4", 4);
      labels.push(label("the model", line[line.length - 1][1], colours.modelInk));
    }
    // Words that would lie on one another move apart.
    labels.sort((a, b) => a.at - b.at);
    labels.forEach((one, at) => {
      if (at) one.at = Math.max(one.at, labels[at - 1].at + 20);
    });
    const over = Math.max(0, labels[labels.length - 1].at - (height - BOTTOM));
    for (const one of labels) {
      drawn.push(svg("text", { x: width - RIGHT + 10, y: one.at - over + 5, style: `fill: ${one.colour}`,
        class: "cpp-label" }, one.text));
    }
    back.replaceChildren(...drawn);
    sliders.forEach((point, at) => {
      point.setAttribute("cx", x(months[at]));
      point.setAttribute("cy", y(values[at]));
      point.setAttribute("aria-valuenow", values[at]);
      point.setAttribute("aria-valuetext", spelt(values[at]));
      if (locked()) point.setAttribute("aria-readonly", "true");
      else point.removeAttribute("aria-readonly");
    });
    reach();
  };

  const table = () => {
    const { at, first } = shown();
    const values = model.get("values");
    const columns = [["you", [chart.start, ...values]]];
    if (first) columns.push(["your first", [chart.start, ...first]]);
    if (at) columns.push(["the model", at]);
    columns.push(["as before", chart.baseAt]);
    const made = make("table");
    made.append(make("caption", "", chart.variable + (chart.units ? `, ${chart.units}` : "")));
    const head = make("tr");
    for (const name of [chart.unit, ...columns.map((one) => one[0])]) {
      const cell = make("th", "", name);
      cell.scope = "col";
      head.append(cell);
    }
    const top = make("thead");
    top.append(head);
    const body = make("tbody");
    times.forEach((time, row) => {
      const line = make("tr");
      const cell = make("th", "", String(Number(time.toPrecision(6))));
      cell.scope = "row";
      line.append(cell, ...columns.map((one) => make("td", "", number(one[1][row]))));
      body.append(line);
    });
    made.append(top, body);
    beside.replaceChildren(made);
  };

  const tell = () => {
    const said = model.get("words");
    show.hidden = reset.hidden = how.hidden = said.length > 0;
    again.hidden = !said.length;
    root.classList.toggle("cpp-locked", said.length > 0);
    words.replaceChildren(
      ...said.map((one, at) => make("p", at === said.length - 1 ? "cpp-question" : "", one)),
    );
  };

  const all = () => {
    paint();
    table();
  };
  // Who has pressed a button that goes away stays where they are.
  let was = locked();
  const turned = () => {
    const held = buttons.contains(document.activeElement) || document.activeElement === document.body;
    tell();
    all();
    if (locked() !== was && held) {
      (locked() ? again : show).focus({ preventScroll: true });
      if (locked()) words.scrollIntoView({ block: "nearest" });
    }
    was = locked();
  };

  // A pointer draws: its trace is there at once, the points follow when Python has placed them.
  const at = (event) => {
    const box = root.getBoundingClientRect();
    const span = times[times.length - 1] - times[0];
    const time = times[0] + ((event.clientX - box.left - LEFT) / (width - LEFT - RIGHT)) * span;
    const value = high - ((event.clientY - box.top - TOP) / (height - TOP - BOTTOM)) * (high - low);
    return [inside(time, times[0], times[times.length - 1]), inside(value, low, high)];
  };
  const trail = () => ink.setAttribute("points", path ? along(path) : "");
  root.addEventListener("pointerdown", (event) => {
    if (locked() || event.button !== 0) return;
    event.preventDefault();
    root.setPointerCapture(event.pointerId);
    path = [at(event)];
    trail();
  });
  root.addEventListener("pointermove", (event) => {
    if (!path || pending || !root.hasPointerCapture(event.pointerId)) return;
    if (path.length < 10000) path.push(at(event));
    trail();
  });
  const lifted = (event) => {
    if (!path || pending) return;
    if (event.type === "pointerup") {
      ask({ do: "sketch", path });
      pending = asked;
    } else {
      path = null;
      trail();
    }
  };
  root.addEventListener("pointerup", lifted);
  root.addEventListener("pointercancel", lifted);
  const placed = () => {
    if (!pending || model.get("done") < pending) return;
    pending = 0;
    path = null;
    trail();
  };

  const sized = new ResizeObserver(() => {
    const room = Math.floor(place.clientWidth);
    if (!room || room === width) return;
    width = room;
    height = Math.round(inside(0.52 * room, 300, 430));
    paint();
  });
  sized.observe(place);
  // A table that is longer than its place must be reached by keyboard, and only that.
  const long = new ResizeObserver(() => {
    if (beside.scrollHeight > beside.clientHeight + 1) {
      beside.tabIndex = 0;
      beside.setAttribute("role", "region");
      beside.setAttribute("aria-label", `${chart.variable} as a table`);
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) beside.removeAttribute(name);
    }
  });
  long.observe(beside);
  model.on("change:values", all);
  model.on("change:revealed", all);
  model.on("change:words", turned);
  model.on("change:done", placed);
  tell();
  all();
  return () => {
    sized.disconnect();
    long.disconnect();
    model.off("change:values", all);
    model.off("change:revealed", all);
    model.off("change:words", turned);
    model.off("change:done", placed);
  };
}
export default { render };
