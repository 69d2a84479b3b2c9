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
  // Widgets appear one by one, each when its own module is there.
  const observer = new MutationObserver(speak);
  const timer = setInterval(() => {
    root = el.closest(".cpd");
    if (!root) return;
    clearInterval(timer);
    observer.observe(root, { childList: true, subtree: true });
    model.on("change:attributes", speak);
    speak();
  }, 50);
  return () => {
    clearInterval(timer);
    observer.disconnect();
    model.off("change:attributes", speak);
  };
}
export default { render };
