// A control: its name, a slider and a box to type in, what its value means, and help. The elements
// are the browser's own, so that every browser and every screen reader knows how to move them.
function make(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function helped({ name, meaning, reach, claims }) {
  const help = make("details", "cpd-help");
  const summary = make("summary", "", "What is this?");
  summary.setAttribute("aria-label", `What is this? ${name}`);
  help.append(summary, make("p", "", meaning), make("p", "", reach));
  if (claims.length) {
    const list = make("ul");
    list.append(...claims.map((claim) => make("li", "", claim)));
    help.append(make("p", "", "Claims of the sources:"), list);
  }
  return help;
}

function render({ model, el }) {
  const told = model.get("told");
  const { name, units, low, high, step } = told;
  const slider = make("input");
  slider.type = "range";
  [slider.min, slider.max, slider.step] = [low, high, step];
  slider.setAttribute("role", "slider");
  slider.setAttribute("aria-label", name);
  const box = make("input");
  box.type = "text";
  box.inputMode = "decimal";
  box.autocomplete = "off";
  box.setAttribute("aria-label", `${name}, typed value`);
  const band = make("span", "cpd-band");
  const head = make("div", "cpd-name");
  head.append(make("b", "", name), units ? ` (${units})` : "");
  const row = make("div", "cpd-row");
  row.append(slider, box);
  const words = make("div", "cpd-words");
  words.append(band, helped(told));
  el.classList.add("cpd-control");
  el.append(head, row, words);

  // A key that is held down reports a change again and again, and is one move all the same.
  let keyed = false;
  const leave = () => {
    keyed = false;
    if (!model.get("held")) return;
    model.set("held", false);
    model.save_changes();
  };
  slider.addEventListener("input", () => {
    model.set("value", slider.valueAsNumber);
    model.set("held", true);
    model.save_changes();
  });
  slider.addEventListener("keydown", () => (keyed = true));
  slider.addEventListener("keyup", leave);
  slider.addEventListener("blur", leave);
  slider.addEventListener("change", () => keyed || leave());
  const type = () => {
    if (box.value === model.get("text")) return;
    model.set("text", box.value);
    model.save_changes();
  };
  box.addEventListener("change", type);
  box.addEventListener("keydown", (event) => event.key === "Enter" && type());

  const same = (a, b) => Math.abs(a - b) <= 1e-9 * (high - low);
  const show = () => {
    const value = model.get("value");
    if (!same(slider.valueAsNumber, value)) slider.value = value;
  };
  const write = () => (box.value = model.get("text"));
  const say = () => {
    const said = model.get("band");
    put(band, said);
    const spoken = [model.get("text") + (units ? ` ${units}` : ""), said].filter(Boolean);
    slider.setAttribute("aria-valuetext", spoken.join(", "));
  };
  model.on("change:value", show);
  model.on("change:text", write);
  model.on("change:text", say);
  model.on("change:band", say);
  show();
  write();
  say();
  return () => {
    model.off("change:value", show);
    model.off("change:text", write);
    model.off("change:text", say);
    model.off("change:band", say);
  };
}
export default { render };
