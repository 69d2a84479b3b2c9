// Which line carries which name, and where the names stand; plots/figure.py and plots/layout.py
// decide the same.

// Where to put labels on a line so that none overlaps, as near as can be to where each belongs.
function spread(wanted, sizes, low, high) {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b] || a - b);
  const blocks = []; // lower edge, height, labels
  for (const i of order) {
    let block = [wanted[i] - sizes[i] / 2, sizes[i], [i]];
    for (;;) {
      const edge = Math.max(low, Math.min(block[0], high - block[1]));
      block = [edge, block[1], block[2]];
      const below = blocks.at(-1);
      if (!below || below[0] + below[1] <= edge) break;
      blocks.pop();
      const together = [...below[2], ...block[2]];
      let [total, offset, wish] = [below[1] + block[1], 0, 0];
      for (const k of together) {
        wish += wanted[k] - (offset + sizes[k] / 2);
        offset += sizes[k];
      }
      block = [wish / together.length, total, together];
    }
    blocks.push(block);
  }
  const places = new Array(wanted.length).fill(0);
  for (const [start, , members] of blocks) {
    let edge = start;
    for (const k of members) {
      places[k] = edge + sizes[k] / 2;
      edge += sizes[k];
    }
  }
  return places;
}

const areAlike = (first, second, seen) =>
  first.length === second.length && first.every((value, i) => Math.abs(value - second[i]) <= seen);

// The variable whose line carries the word for all: that which ends farthest from the run. "" where
// the run hides every one.
function clearest(names, before, after, seen) {
  let [found, farthest] = ["", -Infinity];
  for (const name of names) {
    if (areAlike(before[name], after[name], seen)) continue;
    const gap = Math.abs(before[name].at(-1) - after[name].at(-1));
    if (gap > farthest) [found, farthest] = [name, gap];
  }
  return found;
}

// The lines of a panel: {role, variable, name, label, colour, x, y, band}. base, run and pinned are
// {times, values}, pinned perhaps null; their numbers are as on the axis. Of the base and of a
// pinned run one line carries the word for all.
function linesOf(panel, drawing, base, run, pinned, bands, range) {
  const { names } = panel;
  const together = names.length > 1;
  const seen = (range[1] - range[0]) / 500;
  const beside = (role, word, colour, one) => {
    const named = clearest(names, one.values, run.values, seen);
    return names.map((variable) => ({
      role,
      variable,
      name: together ? `${variable}, ${word}` : word,
      label: variable === named ? word : "",
      colour: colour(variable),
      x: one.times,
      y: one.values[variable],
      band: null,
    }));
  };
  const own = (variable) =>
    drawing.colours[(together ? names.indexOf(variable) : 0) % drawing.colours.length];
  const other = (variable) => (together ? own(variable) : drawing.colours[1]);
  const after = names.map((variable) => {
    const name = together ? variable : drawing.this;
    return {
      role: "run",
      variable,
      name,
      label: name,
      colour: own(variable),
      x: run.times,
      y: run.values[variable],
      band: bands[variable] ?? null,
    };
  });
  return [
    ...beside("base", drawing.base, () => drawing.baseline, base),
    ...after,
    ...(pinned ? beside("pin", drawing.pinned, other, pinned) : []),
  ];
}

// The first and the last finite number; zeros where there is none.
function endsOfLine(values) {
  let [first, last] = [0, 0];
  for (let i = values.length - 1; i >= 0; i -= 1) {
    if (Number.isFinite(values[i])) {
      last = values[i];
      break;
    }
  }
  for (const value of values) {
    if (Number.isFinite(value)) {
      first = value;
      break;
    }
  }
  return [first, last];
}

// The picture in words, for those who cannot see it.
function described(sheets) {
  return sheets
    .map(({ panel, lines }) => {
      const units = panel.units ? ` (${panel.units})` : "";
      return `${panel.title}${units}: ${lines.map(lineInWords).join(", ")}.`;
    })
    .join(" ");
}

function lineInWords(line) {
  const [first, last] = endsOfLine(line.y);
  const told = `${line.name} from ${said(first)} to ${said(last)}`;
  if (!line.band) return told;
  const [low, high] = [line.band.low.at(-1), line.band.high.at(-1)].map(said);
  return `${told} (nine of ten runs end between ${low} and ${high})`;
}
