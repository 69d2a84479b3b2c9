// The row of tools: undo, redo, replay, pins, charts, tables, and what a person takes away. What a
// button does is decided in Python; the keys, and what leaves the page, are seen to here.
const STRANGE = 1500; // milliseconds that a link of another model's waits for its dashboard
const LETTERS = "Arial, 'Liberation Sans', Helvetica, sans-serif";

function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

function save(name, blob) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

async function loaded(address) {
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  return picture;
}

// The picture with its title and what it shows above it. Plotly draws several sheets, one upon the
// other, and its own way out of the page is not to be had from here.
async function pictured(plot, title, said) {
  const { width, height } = plot.getBoundingClientRect();
  const canvas = make("canvas", { width: 2 * width, height: 2 * (height + 64) });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#222";
  pen.font = `48px ${LETTERS}`;
  pen.fillText(title, 20, 56, canvas.width - 40);
  pen.font = `32px ${LETTERS}`;
  pen.fillText(said, 20, 104, canvas.width - 40);
  for (const sheet of plot.querySelectorAll(".main-svg")) {
    const copy = sheet.cloneNode(true);
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    const text = new XMLSerializer().serializeToString(copy);
    const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
    pen.drawImage(await loaded(address), 0, 128, 2 * width, 2 * height);
    URL.revokeObjectURL(address);
  }
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function render({ model, el }) {
  const inVoila = document.body.dataset.voila !== undefined;
  const send = (does, more = {}) => model.send({ does, ...more });
  const button = (name, does, more = {}) =>
    make("button", { type: "button", onclick: () => send(does), ...more }, name);
  const buttons = {
    undo: button("Undo", "undo", { title: "Ctrl+Z" }),
    redo: button("Redo", "redo", { title: "Ctrl+Y" }),
    replay: button("Replay", "replay", { title: "Shows the last change again" }),
    pin: button("Pin", "pin", { title: "Keeps this run in the picture" }),
  };
  const table = button("As a table", "table", { "aria-expanded": "false" });
  const charts = make("select", { onchange: () => send("charts", { number: charts.selectedIndex }) });
  charts.append(...model.get("charts").map((one) => make("option", {}, one)));
  const choice = make("label", { class: "cpd-charts" }, "Charts ", charts);
  choice.hidden = charts.length < 2;
  const told = make("p", { role: "status" });
  const link = make("input", { type: "text", readonly: "", "aria-label": "Link to this run" });
  const linked = make("div", {}, make("label", {}, "Link to this run", link));
  const menu = make("details", { class: "cpd-menu" });
  const take = (name, onclick) => make("button", { type: "button", onclick }, name);
  const copy = async () => {
    link.select();
    try {
      await navigator.clipboard.writeText(link.value);
      told.textContent = "Copied.";
    } catch {
      told.textContent = "Marked. Press Ctrl+C to copy it.";
    }
  };
  const photograph = async () => {
    const plot = root.querySelector(".js-plotly-plot");
    const { name, title, said } = model.get("about");
    save(`${name}.png`, await pictured(plot, title, said));
  };
  linked.append(take("Copy the link", copy));
  linked.hidden = !inVoila;
  menu.append(
    make("summary", {}, "Take away"),
    make(
      "div",
      {},
      linked,
      take("Picture (PNG)", photograph),
      take("Numbers (CSV)", () => send("csv")),
      told,
    ),
  );
  const pins = make("ul", { class: "cpd-pins", "aria-label": "Pinned runs" });
  const row = make("div", { role: "group", "aria-label": "Tools" });
  row.append(...Object.values(buttons), table, choice, menu);
  el.classList.add("cpd-tools");
  el.append(row, pins);

  const pinned = ({ word, said, dash }, number) => {
    const space = "http://www.w3.org/2000/svg";
    const line = document.createElementNS(space, "svg");
    line.setAttribute("viewBox", "0 0 40 8");
    line.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", "M0 4H40");
    path.setAttribute("stroke", "#444");
    path.setAttribute("stroke-width", "3.5");
    path.setAttribute("stroke-dasharray", dash);
    line.append(path);
    const off = make("button", { type: "button", onclick: () => send("unpin", { number }) }, "Unpin");
    off.setAttribute("aria-label", `Unpin ${word}: ${said}`);
    return make("li", {}, line, `${word}: ${said} `, off);
  };

  let address = model.get("state").link; // at the base an address needs no code
  let later = 0;
  const alone = () => document.querySelectorAll(".cpd-tools").length === 1;
  const linkTo = () => {
    const code = model.get("state").link;
    link.value = `${location.href.split("#")[0]}#${code}`;
    // A browser takes only so many addresses a second.
    clearTimeout(later);
    if (!inVoila || !alone() || code === address) return;
    later = setTimeout(() => {
      address = code;
      history.replaceState(history.state, "", link.value);
    }, 400);
  };
  const show = () => {
    const { able, pins: known, charts: chosen, table: open } = model.get("state");
    for (const [name, one] of Object.entries(buttons)) {
      one.setAttribute("aria-disabled", String(!able.includes(name)));
    }
    table.setAttribute("aria-expanded", String(open));
    if (charts.selectedIndex !== chosen) charts.selectedIndex = chosen;
    const text = JSON.stringify(known);
    if (pins.dataset.known !== text) {
      const lost = pins.contains(document.activeElement);
      pins.dataset.known = text;
      pins.replaceChildren(...known.map(pinned));
      pins.hidden = !known.length;
      if (lost) buttons.pin.focus();
    }
    linkTo();
  };

  // A link that somebody sent. One of another model's is left to that model's dashboard, which may
  // still be on its way to the page; where there is none, Python says what is wrong with the link.
  let waiting = 0;
  const open = () => {
    clearTimeout(waiting);
    const code = location.hash.slice(1);
    if (!inVoila || !code.startsWith("cpd") || code === address) return;
    const take = () => {
      address = code;
      send("open", { code });
    };
    const own = `cpd1/${encodeURIComponent(model.get("about").name)}/`;
    if (code.startsWith(own)) take();
    else waiting = setTimeout(() => alone() && take(), STRANGE);
  };

  const onKey = (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.firstElementChild.focus();
      return;
    }
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.target.matches("input[type=text]")) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    send(key === "y" || event.shiftKey ? "redo" : "undo");
  };
  // JupyterLab hears every key before the page does. Of those that move a slider, press a button or
  // undo a move it is to keep its hands off; all others are its own.
  const guard = ({ target, key, ctrlKey, metaKey, altKey, shiftKey }) => {
    if (!root.contains(target)) return;
    const plain = !altKey && !(shiftKey && key === "Enter");
    const own = ctrlKey || metaKey ? /^[zy]$/i.test(key) : plain;
    target.toggleAttribute("data-lm-suppress-shortcuts", own);
  };
  const elsewhere = (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  };
  // Once the kernel is gone nothing here answers any more.
  const gone = make("div", { class: "cpd-error", role: "alert" });
  const look = () => {
    const dead = root.classList.contains("jupyter-widgets-disconnected");
    if (dead === gone.isConnected) return;
    gone.textContent = inVoila
      ? "This page has lost its kernel, so nothing on it moves any more. Load it again: its address brings back where you were."
      : "The kernel of this dashboard has ended, so nothing on it moves any more. Run its cell again.";
    if (dead) el.prepend(gone);
    else gone.remove();
  };
  const watch = new MutationObserver(look);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const still = () => {
    if (calm.matches === model.get("calm")) return;
    model.set("calm", calm.matches);
    model.save_changes();
  };
  const came = ({ csv, name }) => {
    if (csv) save(`${name}.csv`, new Blob([csv], { type: "text/csv;charset=utf-8" }));
  };

  let root = el;
  const timer = setInterval(() => {
    const found = el.closest(".cpd");
    if (!found) return;
    clearInterval(timer);
    root = found;
    root.addEventListener("keydown", onKey);
    watch.observe(root, { attributes: true, attributeFilter: ["class"] });
    open();
    look();
  }, 50);
  window.addEventListener("keydown", guard, true);
  window.addEventListener("hashchange", open);
  document.addEventListener("click", elsewhere);
  calm.addEventListener("change", still);
  model.on("change:state", show);
  model.on("msg:custom", came);
  show();
  still();
  return () => {
    clearInterval(timer);
    clearTimeout(later);
    clearTimeout(waiting);
    watch.disconnect();
    root.removeEventListener("keydown", onKey);
    window.removeEventListener("keydown", guard, true);
    window.removeEventListener("hashchange", open);
    document.removeEventListener("click", elsewhere);
    calm.removeEventListener("change", still);
    model.off("change:state", show);
    model.off("msg:custom", came);
  };
}
export default { render };
