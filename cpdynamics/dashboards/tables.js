// The charts on show as tables, below them, for those who read numbers and those who cannot see.
function render({ model, el }) {
  const make = (tag, text = "", scope = "") => {
    const made = document.createElement(tag);
    made.textContent = text;
    if (scope) made.scope = scope;
    return made;
  };
  const place = document.createElement("section");
  place.className = "cpd-tables";
  place.setAttribute("aria-label", "Charts as tables");
  el.append(place);

  const tabled = ({ title, heads, rows }) => {
    const table = make("table");
    const head = make("tr");
    head.append(...heads.map((one) => make("th", one, "col")));
    const above = make("thead");
    above.append(head);
    const body = make("tbody");
    for (const [time, ...values] of rows) {
      const row = make("tr");
      row.append(make("th", time, "row"), ...values.map((value) => make("td", value)));
      body.append(row);
    }
    table.append(make("caption", title), above, body);
    // What is wider than its place can be scrolled by keyboard.
    const room = make("div");
    room.className = "cpd-table";
    room.tabIndex = 0;
    room.setAttribute("role", "region");
    room.setAttribute("aria-label", title);
    room.append(table);
    return room;
  };
  let asked = false; // unfolded just now, and the numbers are not there yet
  const show = () => {
    const shown = model.get("shown");
    place.hidden = !shown;
    // Somebody may be scrolling one of them.
    const known = [...place.children];
    const scrolled = known.map((one) => [one.scrollLeft, one === document.activeElement]);
    place.replaceChildren(...(shown ? model.get("tables").map(tabled) : []));
    [...place.children].forEach((one, at) => {
      const [left, focused] = scrolled[at] ?? [0, false];
      one.scrollLeft = left;
      if (focused) one.focus({ preventScroll: true });
    });
    if (!asked || !place.children.length) return;
    asked = false;
    place.firstElementChild.scrollIntoView({ block: "nearest" });
  };
  const bring = () => {
    asked = model.get("shown");
    show();
  };
  model.on("change:tables", show);
  model.on("change:shown", bring);
  show();
  return () => {
    model.off("change:tables", show);
    model.off("change:shown", bring);
  };
}
export default { render };
