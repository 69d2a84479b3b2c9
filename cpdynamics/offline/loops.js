// Which loop is driving, as dashboards/driving.js shows it; here all of it is known beforehand.

const UNKNOWN =
  "The loops were looked for under the scenarios and the base alone. Choose one to see them.";

class Loops {
  constructor(driven) {
    this.driven = driven;
    this.element = make("div", { class: "cpd-driving", hidden: !driven.scenarios });
    this.name = undefined;
    if (!driven.scenarios) return;
    this.shelf = new Shelf({ ...driven, told: {}, thickness: null, unfolded: false, stale: false });
    driving.render({ model: this.shelf, el: this.element });
  }

  // Pixels that it takes below the picture while it is folded.
  get tall() {
    return this.element.querySelector("summary")?.offsetHeight ?? 0;
  }

  // Shows what belongs to a scenario, "" for the base; null for what nobody looked into.
  show(name) {
    if (!this.shelf || name === this.name) return;
    this.name = name;
    const { scenarios } = this.driven;
    const one = name !== null && Object.hasOwn(scenarios, name) ? scenarios[name] : null;
    this.shelf.put("thickness", one && bytesOf(one.thickness));
    this.shelf.put("told", one ? one.told : { words: UNKNOWN });
  }
}

// What stands for the part in Python that a notebook's script talks to.
class Shelf {
  constructor(values) {
    this.values = values;
    this.heard = new Map();
  }

  get(key) {
    return this.values[key];
  }

  set(key, value) {
    this.values[key] = value;
  }

  save_changes() {}

  on(event, heard) {
    this.heard.set(event, heard);
  }

  off(event) {
    this.heard.delete(event);
  }

  put(key, value) {
    this.set(key, value);
    this.heard.get(`change:${key}`)?.();
  }
}

function bytesOf(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new DataView(bytes.buffer);
}
