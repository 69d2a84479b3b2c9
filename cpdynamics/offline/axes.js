// How far the upright axes reach; plots/axes.py and dashboards/axes.py decide the same.

const BEYOND = 0.5;

// The least and the greatest finite number; zeros where there is none.
function endsOf(...series) {
  let [low, high] = [Infinity, -Infinity];
  for (const values of series) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : [0, 0];
}

function withBands(lines, whole) {
  const [low, high] = [Math.min(...lines), Math.max(...lines)];
  const beyond = BEYOND * (Math.max(0, high) - Math.min(0, low)) || Infinity;
  const [bottom, top] = [Math.min(0, low) - beyond, Math.max(0, high) + beyond];
  return [
    Math.max(Math.min(low, ...whole), bottom),
    Math.min(Math.max(high, ...whole), top),
  ];
}

// A range that stays for as long as the values fit, and otherwise grows by a good deal.
function grown([low, high], [bottom, top]) {
  const edge = 0.03 * (top - bottom);
  const down = low < bottom || (bottom !== 0 && low < bottom + edge);
  const up = high > top - edge;
  const room = 0.25 * (Math.max(high, top) - Math.min(low, bottom));
  return [
    Math.min(low, bottom) - (down ? room : 0),
    Math.max(high, top) + (up ? room : 0),
  ];
}

function axisRange(low, high, kept) {
  if (!(kept[0] === 0 && kept[1] === 1)) return grown([low, high], kept);
  if (low === 0 && high === 0) return [0, 1];
  const room = 0.25 * (high - low) || 0.25 * Math.abs(high);
  return low >= 0 ? [0, 1.25 * high] : [low - room, high + room];
}

// The range of each panel. shown: [{values, bands}], both by the name of a variable.
function axisRanges(panels, shown, keep) {
  return panels.map((panel, place) => {
    const lines = [];
    const whole = [];
    for (const name of panel.names) {
      for (const { values, bands } of shown) {
        const band = bands[name];
        lines.push(...endsOf(values[name]));
        whole.push(...(band ? endsOf(values[name], band.low, band.high) : endsOf(values[name])));
      }
    }
    return axisRange(...withBands(lines, whole), keep[place]);
  });
}
