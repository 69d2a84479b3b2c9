// What a run comes to, in a few words; dashboards/headline.py decides the same.

const NOTICED = 0.02;
const NOTHING = 1e-6;

const whole = (value, size) => (Math.abs(value) < NOTHING * size ? 0 : value);

const signed = (text) => (text.startsWith("-") ? text : `+${text}`).replaceAll("-", MINUS);

const points = (value, before) => `${signed(fixed(100 * (value - before), 1))} points`;

function percentOf(value, before) {
  const percent = rounded((100 * (value - before)) / Math.abs(before), 1);
  return `${signed(Math.abs(percent) >= 100 ? grouped(fixed(percent, 0)) : fixed(percent, 1))} %`;
}

// The greatest size of a number there is; NaN counts for nothing.
const sizeOf = (values) =>
  values.reduce((most, value) => (Math.abs(value) > most ? Math.abs(value) : most), 0);

// {name, value, units, change, farthest}, all of them text. told: {name, units, share}; run and
// other: {times, values}; span: what apart gave; time: {divisor, word}.
function tile(told, run, other, span, time) {
  const after = run.values[told.name];
  const from = other.values[told.name];
  const size = sizeOf(from);
  const [end, before] = [whole(after.at(-1), size), whole(from.at(-1), size)];
  let change;
  if (!Number.isFinite(end - before)) change = "not a finite number";
  else if (Math.abs(end - before) <= 5e-4 * Math.abs(before) || end === before) {
    change = "as in the base";
  } else if (told.share) change = points(end, before);
  else if (before) change = percentOf(end, before);
  else change = `${said(before)} in the base`;
  if (span) {
    const around = apartWords(span);
    change = before || told.share ? `${change} ${around}` : around;
  }
  return {
    name: told.name,
    value: said(Number(general((told.share ? 100 : 1) * end, 3))),
    units: told.units,
    change,
    farthest: farthest(told, run, other, size, time),
  };
}

function farthest(told, run, other, size, time) {
  if (run.times.length !== other.times.length || run.times.some((t, i) => t !== other.times[i])) {
    return "";
  }
  const after = run.values[told.name];
  const from = other.values[told.name];
  const apart = after.map((value, i) => Math.abs(value - from[i]));
  const most = Math.max(...apart);
  const when = apart.indexOf(most);
  const before = whole(from[when], size);
  if (most <= 2 * apart.at(-1) || most <= NOTICED * Math.abs(before) || !before) return "";
  const place = Math.max(1, Math.ceil((run.times[when] - run.times[0]) / time.divisor));
  const far = (told.share ? points : percentOf)(after[when], before);
  return `${far} in ${time.word || "step"} ${place}`;
}

const endOf = (times, time) =>
  `After ${readable((times.at(-1) - times[0]) / time.divisor)} ${time.words}`;
