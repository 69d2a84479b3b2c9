// What the sliders decide; dashboards/controls.py decides the same for the notebook.
//
// A control is {name, units, low, high, step, start, bands, notice}; a preset {name, story, values,
// beyond}. A state is {values, preset, moved, message}: preset and moved are places in their lists,
// null for none. No function changes what it is given.

const SAME = 1e-9;

const same = (control, first, second) =>
  Math.abs(first - second) <= SAME * (control.high - control.low);

function onStep(control, value) {
  if (same(control, value, control.high)) return control.high;
  const steps = rounded((value - control.low) / control.step);
  return Math.min(control.low + steps * control.step, control.high);
}

function band(control, value) {
  for (const [mark, said] of control.bands) if (same(control, mark, value)) return said;
  const below = control.bands.filter(([mark]) => mark < value).map(([, said]) => said);
  const above = control.bands.filter(([mark]) => mark > value).map(([, said]) => said);
  if (below.length && above.length) return `between ${below.at(-1)} and ${above[0]}`;
  return below.length ? `above ${below.at(-1)}` : above.length ? `below ${above[0]}` : "";
}

function text(control, value) {
  const fits = (number) => (n) => isClose(rounded(number, n), number);
  const tried = [0, 1, 2, 3, 4, 5, 6];
  const places = tried.find(fits(value));
  const steps = tried.find(fits(control.step)) ?? 0;
  return places === undefined ? general(value, 6) : fixed(value, Math.max(places, steps));
}

// The number that somebody typed, or null.
function parsed(typed) {
  let left = stripped(typed).replaceAll(MINUS, "-").replaceAll("\u00a0", " ");
  const share = left.endsWith("%");
  if (share) left = left.slice(0, -1);
  left = stripped(left);
  if (/^[+-]?[1-9][0-9]{0,2}([, ][0-9]{3})+(\.[0-9]+)?$/.test(left)) {
    left = left.replaceAll(",", "").replaceAll(" ", "");
  } else if (/^[+-]?[0-9]*,[0-9]+$/.test(left)) left = left.replaceAll(",", ".");
  if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(left)) return null;
  const number = Number(left) / (share ? 100 : 1);
  return Number.isFinite(number) ? number : null;
}

const started = (controls) =>
  ({ values: controls.map((one) => one.start), preset: null, moved: null, message: "" });

const replaced = (list, place, value) => list.map((one, at) => (at === place ? value : one));

function set(controls, state, place, value) {
  const control = controls[place];
  const end = Math.min(Math.max(value, control.low), control.high);
  if (same(control, end, state.values[place])) return state;
  return { ...state, values: replaced(state.values, place, end), moved: place, message: "" };
}

function slid(controls, state, place, value) {
  const control = controls[place];
  if (same(control, value, onStep(control, state.values[place]))) return state;
  return set(controls, state, place, value);
}

function typed(controls, state, place, given) {
  const control = controls[place];
  const number = parsed(given);
  if (number === null) {
    const kept = text(control, state.values[place]);
    const said = `"${clipped(given, 30)}" is not a number. ${control.name} stays at ${kept}.`;
    return { ...state, message: said };
  }
  const after = { ...set(controls, state, place, number), message: "" };
  if (control.low - SAME <= number && number <= control.high + SAME) return after;
  const end = text(control, after.values[place]);
  const word = number > control.high ? "highest" : "lowest";
  const said = `${readable(number)} is beyond the range of ${control.name}: ${end}`;
  return { ...after, message: `${said} is the ${word} value.` };
}

const chosen = (presets, place) =>
  ({ values: [...presets[place].values], preset: place, moved: null, message: "" });

const alikeValues = (first, second) => first.every((value, place) => value === second[place]);

const isPreset = (presets, state) =>
  state.preset !== null && alikeValues(state.values, presets[state.preset].values);

function notice(controls, presets, state) {
  if (isPreset(presets, state)) return presets[state.preset].story;
  return state.moved === null ? "" : controls[state.moved].notice;
}

// What differs from the model's own values, as pairs of a name and a value.
const movedFrom = (controls, state) =>
  controls
    .map((control, place) => [control, state.values[place]])
    .filter(([control, value]) => !same(control, value, control.start))
    .map(([control, value]) => [control.name, value]);
