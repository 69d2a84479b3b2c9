// Binder forgets: a link to save all answers of the page, and a file chooser to bring them back.
function make(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

function render({ model, el }) {
  const board = make("section", "cpa");
  board.setAttribute("aria-label", "My answers");
  board.setAttribute("data-lm-suppress-shortcuts", "true");
  const row = make("div", "cpa-row");
  const link = make("a", "cpa-link", "Download my answers");
  link.download = "my-answers.json";
  const count = make("span");
  const label = make("label", "", "Bring answers back:");
  const file = make("input");
  file.type = "file";
  file.accept = ".json,application/json";
  label.append(file);
  const said = make("p");
  said.setAttribute("aria-live", "polite");
  row.append(link, count, label);
  const warn = "This page forgets what you did when it is closed. The file holds no name.";
  board.append(make("h3", "", "My answers"), row, said, make("p", "cpp-how", warn));
  el.append(board);

  let address = "";
  const save = () => {
    if (address) URL.revokeObjectURL(address);
    address = URL.createObjectURL(new Blob([model.get("saved")], { type: "application/json" }));
    link.href = address;
    count.textContent = model.get("counted");
  };
  const tell = () => {
    said.textContent = model.get("said");
  };
  let tries = 0;
  file.addEventListener("change", async () => {
    const chosen = file.files[0];
    if (!chosen) return;
    if (chosen.size > model.get("most")) {
      said.textContent = "This file is too large to be saved answers.";
    } else {
      tries += 1;
      model.set("brought", { n: tries, name: chosen.name, text: await chosen.text() });
      model.save_changes();
    }
    file.value = ""; // so that the same file can be chosen once more
  });
  model.on("change:saved", save);
  model.on("change:counted", save);
  model.on("change:said", tell);
  save();
  tell();
  return () => {
    URL.revokeObjectURL(address);
    model.off("change:saved", save);
    model.off("change:counted", save);
    model.off("change:said", tell);
  };
}
export default { render };
