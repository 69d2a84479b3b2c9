// The page of a half-year: what lies on the desk, what is in the news, and what is to be decided.
// All text goes in as text: a model and a saved flight are anybody's.
function h(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.flat());
  return made;
}

function render({ model, el }) {
  el.classList.add("cpf");
  const key = `cpf-${Math.random().toString(36).slice(2)}`;
  let turn = null;

  const card = (one) =>
    h(
      "li",
      {},
      h("span", { class: "cpf-of" }, one.title),
      h("b", {}, one.text),
      h("span", { class: "cpf-when" }, one.when),
      one.last ? h("span", { class: "cpf-when" }, one.last) : "",
    );

  const question = (one, place) =>
    h(
      "fieldset",
      { "data-place": place },
      h("legend", { title: one.meaning }, one.question),
      h(
        "div",
        { class: "cpf-choices" },
        one.choices.map((choice, number) =>
          h(
            "label",
            {},
            h("input", {
              type: "radio",
              name: `${key}-${place}`,
              value: number,
              checked: number === one.chosen,
            }),
            h("span", {}, choice),
          ),
        ),
      ),
    );

  const ask = (what) => {
    for (const button of el.querySelectorAll("button")) button.disabled = true;
    model.send({ turn, ...what });
  };

  const go = () => {
    const chosen = [...el.querySelectorAll("fieldset")].map((set) =>
      Number(set.querySelector("input:checked").value),
    );
    ask({ do: "go", chosen });
  };

  const keep = () => {
    const state = model.get("state");
    const link = h("a", {
      href: URL.createObjectURL(new Blob([state.saved], { type: "application/json" })),
      download: state.file,
    });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  const resume = async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    // The kernel refuses what is too large as well; it need not travel there first.
    const text = file.size > 200000 ? "" : await file.text();
    ask({ do: "resume", text });
  };

  const draw = () => {
    const state = model.get("state");
    const moved = turn !== null && state.turn !== turn;
    turn = state.turn;
    const heading = h("h2", { tabindex: -1 }, state.heading);
    const buttons = [];
    if (state.questions.length)
      buttons.push(h("button", { type: "button", class: "cpf-go", onclick: go }, state.go));
    if (state.look)
      buttons.push(
        h("button", { type: "button", onclick: () => ask({ do: "look" }) }, state.look),
      );
    if (state.afresh)
      buttons.push(
        h("button", { type: "button", onclick: () => ask({ do: "afresh" }) }, state.afresh),
      );
    buttons.push(h("button", { type: "button", onclick: keep }, "Save this flight"));
    const chooser = h("input", {
      type: "file",
      accept: ".json,application/json",
      class: "cpf-file",
      onchange: resume,
    });
    buttons.push(h("label", { class: "cpf-resume" }, h("span", {}, "Resume a saved one: "), chooser));
    el.replaceChildren(
      h("div", { class: "cpf-top" }, heading, h("p", {}, state.seat)),
      state.news.length
        ? h(
            "section",
            { class: "cpf-news", "aria-label": "In the news" },
            h("ul", {}, state.news.map((one) => h("li", {}, one))),
          )
        : "",
      h("div", { class: "cpf-said", role: "alert" }, state.message || ""),
      h(
        "div",
        { class: "cpf-body" },
        state.cards.length
          ? h(
              "section",
              { "aria-label": "On your desk" },
              h("h3", {}, "On your desk"),
              h("ul", { class: "cpf-cards" }, state.cards.map(card)),
            )
          : "",
        state.questions.length
          ? h(
              "section",
              { "aria-label": "To decide" },
              h("h3", {}, "To decide"),
              state.questions.map(question),
            )
          : "",
      ),
      h("div", { class: "cpf-buttons" }, buttons, h("p", {}, state.note)),
    );
    // Whoever reads by ear starts the new half-year at its top.
    if (moved) heading.focus({ preventScroll: true });
  };
  model.on("change:state", draw);
  draw();
  return () => model.off("change:state", draw);
}
export default { render };
