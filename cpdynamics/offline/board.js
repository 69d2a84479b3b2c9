// All that stands on the page around the picture.

const REST = 800; // milliseconds without a move after which a screen reader is told the outcome

class Board {
  constructor(told, place, does) {
    this.told = told;
    this.rows = told.controls.map((control, number) => new Row(control, number, does));
    this.notice = make("p", { class: "notice", "aria-live": "polite" });
    this.message = make("div", { role: "alert" });
    this.error = make("div", { role: "alert" });
    this.tiles = make("div", { class: "tiles" });
    this.chart = make("div", { class: "chart", role: "img", "aria-label": "The picture is being drawn." });
    this.loops = new Loops(told.driven);
    this.handout = make("section", { class: "handout" });
    this.spoken = make("p", { class: "spoken", role: "status" });
    this.makeFan(does);
    this.makePresets(does);
    this.makeTools(does);
    const side = make("section", { class: "side", "aria-label": "Sliders" }, this.message, ...this.grouped());
    const main = make(
      "section",
      { class: "main", "aria-label": "Results" },
      this.error,
      this.spoken,
      this.tiles,
      this.fan,
      this.chart,
      this.loops.element,
      this.handout,
    );
    place.replaceChildren(
      make(
        "header",
        { class: "title" },
        make("h1", {}, told.title),
        make("p", {}, told.question),
        this.tools,
      ),
      make("main", {}, this.presets, this.notice, make("div", { class: "body" }, side, main)),
    );
  }

  grouped() {
    if (!this.rows.length) {
      return [make("p", {}, "No constant of this model has a range in its .mdl, so there is nothing to move.")];
    }
    let last = "";
    return this.rows.flatMap((row) => {
      const { group } = row.control;
      const head = group && group !== last ? [make("h2", {}, group)] : [];
      last = group;
      return [...head, row.element];
    });
  }

  makePresets({ choose, reset }) {
    const { presets, buttons } = this.told;
    this.buttons = [];
    this.select = null;
    if (buttons) {
      this.buttons = presets.map(({ name }, i) =>
        make("button", { type: "button", "aria-pressed": "false", onclick: () => choose(i) }, name),
      );
    } else {
      const options = ["none", ...presets.map(({ name }) => name)];
      this.select = make(
        "select",
        { onchange: () => (this.select.selectedIndex ? choose(this.select.selectedIndex - 1) : reset()) },
        ...options.map((name, i) => make("option", { value: i }, name)),
      );
    }
    const shown = this.select ? [make("label", {}, "Choose a scenario ", this.select)] : this.buttons;
    const back = make("button", { type: "button", onclick: reset }, "Reset");
    this.presets = make(
      "nav",
      { class: "presets", "aria-label": "Scenarios" },
      ...shown,
      back,
    );
  }

  makeFan({ again }) {
    const { fan, noFan } = this.told;
    this.fan = make("div", { class: "fan quiet" });
    this.switch = null;
    if (!fan) {
      this.fan.append(noFan);
      this.fan.hidden = !noFan;
      return;
    }
    this.switch = make("input", { type: "checkbox", onchange: again, "aria-describedby": "legend" });
    this.switch.checked = true;
    this.legend = make("summary", { id: "legend" }, fan.noLegend);
    this.drawn = make("ul");
    const about = make(
      "p",
      {},
      "In each run every number of this list is drawn anew from its range; the draws stay the same " +
        "while a slider moves. The line is the run with the numbers as assumed, and need not lie in " +
        "the middle. The axes are made for the lines: where a band is much wider, its panel says " +
        "that the band goes on beyond the picture.",
    );
    this.fan.append(
      make("label", {}, this.switch, "Show uncertainty"),
      make("details", {}, this.legend, about, this.drawn),
    );
  }

  makeTools({ undo, redo, replay, pin, present, take }) {
    const button = (name, onclick, more = {}) => make("button", { type: "button", onclick, ...more }, name);
    this.undo = button("Undo", undo, { title: "Ctrl+Z" });
    this.redo = button("Redo", redo, { title: "Ctrl+Shift+Z" });
    this.replay = button("Replay", replay, { title: "Shows the last change again" });
    this.pin = button("Pin", pin, { "aria-pressed": "false", title: "Keeps this run in the picture" });
    this.present = button("Present", present, { "aria-pressed": "false", title: "Larger, for a room" });
    this.link = make("input", { type: "text", readonly: true, "aria-label": "Link to this run" });
    this.taken = make("p", { role: "status" });
    const menu = make(
      "details",
      { class: "menu" },
      make("summary", {}, "Take away"),
      make(
        "div",
        {},
        make("label", {}, "Link to this run", this.link),
        button("Copy the link", () => take("link")),
        button("Picture (PNG)", () => take("png")),
        button("Numbers (CSV)", () => take("csv")),
        button("Print a handout", () => take("print")),
        this.taken,
      ),
    );
    menu.addEventListener("toggle", () => menu.open && take("address"));
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.firstElementChild.focus();
      event.stopPropagation();
    });
    document.addEventListener("click", (event) => {
      if (menu.open && !menu.contains(event.target)) menu.open = false;
    });
    menu.classList.add("quiet");
    const quiet = [this.undo, this.redo, this.replay, this.pin];
    quiet.forEach((one) => one.classList.add("quiet"));
    this.tools = make(
      "div",
      { class: "tools", role: "group", "aria-label": "Tools" },
      ...quiet,
      menu,
      this.present,
    );
  }

  // Everything that a state decides by itself.
  showState(past, values = past.now.values) {
    const { controls, presets } = this.told;
    const state = past.now;
    this.rows.forEach((row, i) => row.show(values[i]));
    const forced = isPreset(presets, state) ? state.preset : null;
    this.buttons.forEach((button, i) => attribute(button, "aria-pressed", String(i === forced)));
    if (this.select) this.select.selectedIndex = forced === null ? 0 : forced + 1;
    const beyond = state.preset === null ? "" : presets[state.preset].beyond;
    const also = beyond ? ` Also in force: ${beyond}.` : "";
    put(this.notice, notice(controls, presets, state) + also);
    this.say(state.message);
    able(this.undo, past.before.length > 0);
    able(this.redo, past.after.length > 0);
    able(this.replay, past.before.length > 0);
    attribute(this.pin, "aria-pressed", String(past.pinned !== null));
  }

  say(message) {
    put(this.message, message);
    this.message.className = message ? "error" : "";
  }

  fail(message) {
    put(this.error, message);
    this.error.className = message ? "error" : "";
  }

  showTiles(tiles, end) {
    if (this.cells === undefined) {
      this.end = make("p");
      this.cells = tiles.map(() => [make("span"), make("b"), make("span"), make("span"), make("span")]);
      const made = this.cells.map(([name, value, units, change, far]) => {
        const line = make("span", {}, value, " ", units);
        units.style.display = "inline";
        return make("div", { class: "tile" }, name, line, change, far);
      });
      this.tiles.replaceChildren(this.end, ...made);
    }
    put(this.end, `${end}, against the base`);
    tiles.forEach((one, i) => {
      const [name, value, units, change, far] = this.cells[i];
      put(name, one.name);
      put(value, one.value);
      put(units, one.units);
      put(change, one.change);
      put(far, one.farthest);
    });
  }

  // Reads the tiles out, once the sliders rest.
  speak(tiles) {
    clearTimeout(this.resting);
    const said = tiles.map((one) => [one.name, one.value, one.units, one.change].join(" ").trim());
    this.resting = setTimeout(() => put(this.spoken, `${said.join("; ")}.`), REST);
  }

  // What the band means: many is {drawn, runs, failed}, null without a band.
  showFan(many, why) {
    const { fan } = this.told;
    if (!fan) return;
    put(this.legend, why || (many ? legendOf(many) : fan.noLegend));
    const drawn = many ? many.drawn : [];
    this.drawn.replaceChildren(
      ...fan.names.map((name, i) => {
        const words = drawn.includes(i) ? fan.reaches[i] : "as its slider or the scenario sets it";
        return make("li", {}, `${name}: ${words}`);
      }),
    );
  }

  showHandout(state, address) {
    const { controls, presets } = this.told;
    const rows = controls.map((control, i) => {
      const value = state.values[i];
      const units = control.units ? ` ${control.units}` : "";
      const start = same(control, value, control.start) ? "as in the base" : `base: ${text(control, control.start)}`;
      const cells = [control.name, text(control, value) + units, band(control, value), start];
      return make("tr", {}, ...cells.map((cell) => make("td", {}, cell)));
    });
    const heads = ["What is set", "to", "which means", ""].map((head) => make("th", { scope: "col" }, head));
    const named = isPreset(presets, state) ? presets[state.preset].name : "";
    const today = new Date().toLocaleDateString(undefined, { dateStyle: "long" });
    this.handout.replaceChildren(
      make("h2", {}, named ? `Scenario: ${named}` : "What is set"),
      make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows)),
      make("p", {}, `Printed ${today}. To set it again, put this behind the page's address: ${address}`),
    );
  }
}

function legendOf({ drawn, runs, failed }) {
  const numbers = drawn.length === 1 ? "1 uncertain number" : `${drawn.length} uncertain numbers`;
  const lost = failed ? `; ${failed} broke off` : "";
  return `Nine of ten runs lie in the shaded band: ${runs} runs with ${numbers} drawn anew${lost}`;
}
