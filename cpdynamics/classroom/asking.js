// A question. Python knows which answer fits and why; the page asks it when somebody checks.
function make(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

function render({ model, el }) {
  const { key, title, text, svg, table, parts } = model.get("question");
  const one = `${key}-${Math.random().toString(36).slice(2)}`; // two views of one question
  const board = make("section", "cpq");
  board.setAttribute("aria-label", `Question: ${title || key}`);
  // Keys that are meant for an answer are no shortcuts of JupyterLab.
  board.setAttribute("data-lm-suppress-shortcuts", "true");
  if (title) board.append(make("h3", "", title));
  const body = make("div", svg ? "cpq-both" : "");
  const read = make("div", "cpq-read");
  const answers = make("div", "cpq-answers");
  for (const paragraph of text) read.append(make("p", "", paragraph));
  if (svg) {
    const picture = make("div", "cpq-chart");
    picture.innerHTML = svg; // made by cpdynamics.classroom.flows, which escapes every word
    read.append(picture);
  }
  if (table) {
    const more = make("details");
    const made = make("table");
    const rows = [table.names, ...table.rows].map((cells, at) => {
      const row = make("tr");
      for (const [place, cell] of cells.entries()) {
        const heads = at === 0 || place === 0;
        const item = make(heads ? "th" : "td", "", String(cell));
        if (heads) item.scope = at === 0 ? "col" : "row";
        row.append(item);
      }
      return row;
    });
    const head = make("thead");
    const rest = make("tbody");
    head.append(rows[0]);
    rest.append(...rows.slice(1));
    made.append(head, rest);
    more.append(make("summary", "", "The numbers"), made);
    read.append(more);
  }

  let asked = 0;
  const fields = parts.map((part) => {
    const field = make("fieldset", "cpq-part");
    field.append(make("legend", "", part.text));
    const why = make("div", "cpq-why");
    why.setAttribute("aria-live", "polite");
    const check = make("button", "", "Check");
    check.type = "button";
    check.setAttribute("aria-label", `Check: ${part.text}`);
    let box = null;
    const radios = part.choices.map((choice) => {
      const label = make("label");
      const radio = make("input");
      radio.type = "radio";
      radio.name = `${one}-${part.key}`;
      radio.value = choice;
      label.append(radio, make("span", "", choice));
      field.append(label);
      return radio;
    });
    if (!radios.length) {
      const label = make("label");
      box = make("input");
      box.type = "text";
      box.inputMode = "decimal";
      box.autocomplete = "off";
      box.setAttribute("aria-label", part.text + (part.unit ? ` In ${part.unit}.` : ""));
      label.append(box, make("span", "", part.unit));
      field.append(label);
    }
    let checked = false; // by hand, and the explanation has not come yet
    const answer = () => {
      const given = box ? box.value : radios.find((radio) => radio.checked)?.value;
      if (!given) {
        why.replaceChildren(make("p", "", box ? "Write a number first." : "Choose an answer first."));
        return;
      }
      asked += 1;
      checked = true;
      model.set("asked", { n: asked, part: part.key, given });
      model.save_changes();
    };
    check.addEventListener("click", answer);
    box?.addEventListener("keydown", (event) => event.key === "Enter" && answer());
    field.append(check, why);
    answers.append(field);
    let last = "";
    return () => {
      const said = model.get("said")[part.key];
      if (!said || JSON.stringify(said) === last) return;
      last = JSON.stringify(said);
      for (const radio of radios) radio.checked = radio.value === said.given;
      if (box && Number(box.value.replaceAll(",", "")) !== Number(said.given)) box.value = said.given;
      const told = [make("p", "", said.why)];
      if (said.more) told.push(make("p", "cpq-more", said.more));
      why.replaceChildren(...told);
      if (checked) field.scrollIntoView({ block: "nearest" });
      checked = false;
    };
  });
  const source = make("p", "cpp-how");
  body.append(read, answers);
  board.append(body, source);
  el.append(board);

  const tell = () => {
    for (const field of fields) field();
    source.textContent = Object.values(model.get("said"))[0]?.source ?? "";
  };
  model.on("change:said", tell);
  tell();
  return () => model.off("change:said", tell);
}
export default { render };
