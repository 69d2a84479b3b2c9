// Undo, redo, replay, pins and codes to share; dashboards/history.py decides the same.

const MOST = 100;
const FRAMES = 12;
const LONGEST = 4000;
const KIND = "cpd1";

const begun = (state) => ({ now: state, before: [], after: [], pinned: null, held: null });

const alike = (first, second) =>
  first.preset === second.preset && alikeValues(first.values, second.values);

const quiet = (state) => ({ ...state, message: "" });

function went(history, state, held = false) {
  if (alike(state, history.now)) return { ...history, now: state };
  if (held && history.held !== null && history.held === state.moved) return { ...history, now: state };
  const before = [...history.before, quiet(history.now)].slice(-MOST);
  return { ...history, now: state, before, after: [], held: held ? state.moved : null };
}

function letGo(history) {
  const { before, held } = history;
  const nowhere = held !== null && before.length > 0 && alike(before.at(-1), history.now);
  return { ...history, before: nowhere ? before.slice(0, -1) : before, held: null };
}

function undone(history) {
  const { now, before, after } = history;
  if (!before.length) return history;
  const later = [...after, quiet(now)];
  return { ...history, now: before.at(-1), before: before.slice(0, -1), after: later, held: null };
}

function redone(history) {
  const { now, before, after } = history;
  if (!after.length) return history;
  const earlier = [...before, quiet(now)];
  return { ...history, now: after.at(-1), before: earlier, after: after.slice(0, -1), held: null };
}

function replay(history, frames = FRAMES) {
  if (!history.before.length) return [];
  const first = history.before.at(-1).values;
  const last = history.now.values;
  return Array.from({ length: frames }, (_, frame) => {
    const share = frame / (frames - 1);
    return first.map((a, place) => (share === 1 ? last[place] : a + share * (last[place] - a)));
  });
}

const pin = (history) => ({ ...history, pinned: quiet(history.now) });
const unpin = (history) => ({ ...history, pinned: null });

const base = (controls, presets, preset) =>
  preset === null ? started(controls) : chosen(presets, preset);

function shareCode(model, controls, presets, state) {
  const there = base(controls, presets, state.preset).values;
  const moved = controls
    .map((control, place) => [control, state.values[place], there[place]])
    .filter(([control, value, start]) => !same(control, value, start))
    .map(([control, value]) => `${encodeURIComponent(control.name)}=${general(value, 15)}`);
  const preset = state.preset === null ? "" : presets[state.preset].name;
  return [KIND, encodeURIComponent(model), encodeURIComponent(preset), ...moved].join("/");
}

class NoCode extends Error {}

function read(written) {
  try {
    return decodeURIComponent(written);
  } catch {
    throw new NoCode("The link is damaged.");
  }
}

// The state that a stranger's code stands for; throws a NoCode that says what is wrong with it.
function stateOf(given, model, controls, presets) {
  const code = given.replace(/^#/, "");
  if (Array.from(code).length > LONGEST) throw new NoCode("The link is too long.");
  const [kind, ...rest] = code.split("/");
  if (kind !== KIND || rest.length < 2) throw new NoCode("The link is none of this kind of page.");
  const [name, preset, ...moves] = rest;
  if (read(name) !== model) {
    throw new NoCode(`The link belongs to "${clipped(read(name), 40)}", another model.`);
  }
  const wanted = read(preset);
  const place = wanted ? presets.findIndex((one) => one.name === wanted) : null;
  if (place === -1) {
    throw new NoCode(`The link asks for "${clipped(wanted, 40)}", which is no scenario here.`);
  }
  const state = base(controls, presets, place);
  const known = new Map(controls.map((control, at) => [control.name, at]));
  const values = [...state.values];
  const seen = new Set();
  for (const move of moves) {
    const cut = move.indexOf("=");
    const called = read(cut < 0 ? move : move.slice(0, cut));
    if (!known.has(called) || seen.has(called)) {
      const why = seen.has(called) ? "twice" : "which cannot be moved here";
      throw new NoCode(`The link sets "${clipped(called, 40)}", ${why}.`);
    }
    seen.add(called);
    const control = controls[known.get(called)];
    const number = parsedCode(cut < 0 ? "" : move.slice(cut + 1));
    const inside = control.low <= number && number <= control.high;
    if (!inside && !same(control, number, control.low) && !same(control, number, control.high)) {
      throw new NoCode(`The link sets "${control.name}" to what it cannot be.`);
    }
    values[known.get(called)] = Math.min(Math.max(number, control.low), control.high);
  }
  return { ...state, values };
}

const parsedCode = (written) =>
  /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(written) ? Number(written) : NaN;
