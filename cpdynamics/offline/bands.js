// Where nine of ten runs lie; plots/bands.py and dashboards/apart.py decide the same.
//
// Runs come as one Float64Array a variable: all runs at the first time, then those at the second.

const LEVELS = [0.05, 0.95];
const SEEN = 0.05;
const SCALES = [[1e9, "billion"], [1e6, "million"], [1, ""]];

function quantile(ranked, level) {
  const place = level * (ranked.length - 1);
  const below = Math.trunc(place);
  const above = Math.min(below + 1, ranked.length - 1);
  return ranked[below] + (place - below) * (ranked[above] - ranked[below]);
}

// Which of the runs have a finite number at every time.
function wholeRuns(values, runs) {
  const whole = new Uint8Array(runs).fill(1);
  for (let i = 0, run = 0; i < values.length; i += 1, run = run + 1 === runs ? 0 : run + 1) {
    if (!Number.isFinite(values[i])) whole[run] = 0;
  }
  return whole;
}

// {low, high}, a number for each time; null where every run broke off.
function bandOf(values, runs) {
  const whole = wholeRuns(values, runs);
  const count = whole.reduce((sum, one) => sum + one, 0);
  if (!count) return null;
  const times = values.length / runs;
  const found = { low: new Float64Array(times), high: new Float64Array(times) };
  const kept = new Float64Array(count);
  for (let time = 0; time < times; time += 1) {
    let next = 0;
    for (let run = 0; run < runs; run += 1) if (whole[run]) kept[next++] = values[time * runs + run];
    kept.sort();
    found.low[time] = quantile(kept, LEVELS[0]);
    found.high[time] = quantile(kept, LEVELS[1]);
  }
  return found;
}

// How far nine of ten runs end from the base, {low, high, percent}; null where none does.
function apart(after, before, share) {
  const pairs = [];
  for (let run = 0; run < after.length; run += 1) {
    if (Number.isFinite(after[run]) && Number.isFinite(before[run])) {
      pairs.push([after[run] - before[run], before[run]]);
    }
  }
  if (!pairs.some(([change]) => change !== 0)) return null;
  const percent =
    share || pairs.every(([, from]) => from > 0) || pairs.every(([, from]) => from < 0);
  const changes = pairs.map(([change, from]) =>
    percent ? (100 * change) / (share ? 1 : Math.abs(from)) : change,
  );
  const ranked = Float64Array.from(changes).sort();
  const [low, high] = LEVELS.map((level) => quantile(ranked, level));
  if (percent && Math.max(Math.abs(low), Math.abs(high)) < SEEN) return null;
  return { low, high, percent };
}

function apartWords({ low, high, percent }) {
  const largest = Math.max(Math.abs(low), Math.abs(high));
  if (percent) {
    const places = largest >= 10 || high - low >= 3 ? 0 : 1;
    const [from, to] = [low, high].map((end) => inPercent(end, places));
    return from === to ? `(${from})` : `(${from} to ${to})`;
  }
  const [scale, word] = SCALES.find(([least]) => largest >= least) ?? [1, ""];
  const [from, to] = [low, high].map((end) => said(Number(general(end / scale, 2))));
  return `(${from} to ${to} ${word})`.replace(" )", ")");
}

function inPercent(value, places) {
  const size = fixed(Math.abs(value), places);
  return Number(size) === 0 ? "0" : grouped(fixed(value, places)).replace("-", MINUS);
}
