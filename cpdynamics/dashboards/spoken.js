// Gives widgets the names that assistive technology reads out. ipywidgets 8.1 has no way to name
// a slider's handle or a box without a visible label, and none to say that a button is pressed.
function render({ model, el }) {
  el.hidden = true;
  let root = null;
  const speak = () => {
    for (const [selector, attribute, value] of model.get("attributes")) {
      for (const element of root.querySelectorAll(selector)) {
        if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
      }
    }
  };
  // A widget of HTML makes all its elements anew at each change: what a reader has unfolded stays
  // unfolded all the same, and keeps the focus.
  let focused = null;
  const keep = ({ removedNodes: [was], addedNodes: [now] }) => {
    if (was?.nodeName !== "DETAILS" || now?.nodeName !== "DETAILS") return;
    now.open = was.open;
    if (was.contains(focused)) now.querySelector("summary").focus({ preventScroll: true });
  };
  const entered = ({ target }) => (focused = target);
  // Some browsers send this event for what is taken off the page, too.
  const left = ({ target }) =>
    queueMicrotask(() => {
      if (target === focused && target.isConnected) focused = null;
    });
  // Widgets appear one by one, each when its own module is there.
  const observer = new MutationObserver((changes) => {
    changes.forEach(keep);
    speak();
  });
  const timer = setInterval(() => {
    root = el.closest(".cpd");
    if (!root) return;
    clearInterval(timer);
    observer.observe(root, { childList: true, subtree: true });
    root.addEventListener("focusin", entered);
    root.addEventListener("focusout", left);
    model.on("change:attributes", speak);
    speak();
  }, 50);
  return () => {
    clearInterval(timer);
    observer.disconnect();
    root?.removeEventListener("focusin", entered);
    root?.removeEventListener("focusout", left);
    model.off("change:attributes", speak);
  };
}
export default { render };
