// Elements of the page. A text is only ever text: nothing here reads markup.

// make("button", {class: "x", "aria-label": "y", onclick: f}, "text", child...)
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

// Pairs by name, without the names that every object of ECMAScript has: a variable may be called
// "constructor".
const bare = (pairs = []) => Object.assign(Object.create(null), Object.fromEntries(pairs));

function put(element, given) {
  if (element.textContent !== given) element.textContent = given;
}

function attribute(element, key, value) {
  if (element.getAttribute(key) !== value) element.setAttribute(key, value);
}

// A button that says when it has nothing to do, and keeps the focus.
function able(button, is) {
  attribute(button, "aria-disabled", String(!is));
}

const painted = () =>
  new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
