// A control on the page: its name, a box to type in, a slider, and what its value means.

class Row {
  constructor(control, number, { slid, typed, left }) {
    this.control = control;
    const units = control.units ? ` (${control.units})` : "";
    this.slider = make("input", {
      type: "range",
      id: `slider-${number}`,
      min: control.low,
      max: control.high,
      step: control.step,
      "aria-label": control.name,
      oninput: () => slid(number, this.slider.valueAsNumber),
      // A key that is held down reports a change again and again, and is one move all the same.
      onkeydown: () => (this.keyed = true),
      onkeyup: () => this.leave(left),
      onblur: () => this.leave(left),
      onchange: () => this.keyed || left(),
    });
    this.box = make("input", {
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      "aria-label": `${control.name}, typed value`,
      onchange: () => typed(number, this.box.value),
    });
    this.band = make("span", { class: "band" });
    this.element = make(
      "div",
      { class: "control" },
      make("div", { class: "head" }, make("span", {}, make("b", {}, control.name), units), this.box),
      this.slider,
      make("div", { class: "words" }, this.band, helped(control)),
    );
  }

  leave(left) {
    this.keyed = false;
    left();
  }

  show(value) {
    const { control } = this;
    const place = String(onStep(control, value));
    if (this.slider.value !== place && !same(control, this.slider.valueAsNumber, Number(place))) {
      this.slider.value = place;
    }
    this.box.value = text(control, value);
    const words = band(control, value);
    put(this.band, words);
    const units = control.units ? ` ${control.units}` : "";
    const spoken = [text(control, value) + units, words].filter(Boolean).join(", ");
    attribute(this.slider, "aria-valuetext", spoken);
  }
}

function helped(control) {
  const reach = `From ${text(control, control.low)} to ${text(control, control.high)}`;
  const units = control.units ? ` ${control.units}` : "";
  const help = make(
    "details",
    { class: "help" },
    make("summary", { "aria-label": `What is ${control.name}?` }, "What is this?"),
    make("p", {}, control.meaning),
    make("p", {}, `${reach}${units}; the model has ${text(control, control.start)}.`),
  );
  if (control.claims.length) {
    const items = control.claims.map(([number, claim]) => make("li", {}, `${number}: ${claim}`));
    help.append(make("p", {}, "Claims of the sources:"), make("ul", {}, ...items));
  }
  return help;
}
