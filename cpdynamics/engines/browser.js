// What a model offers to its page. `tables`, `clockOf` and what makes a run (`V`, `begin`, `now`,
// `step` and so on) stand before this, made from the model by engines/browser.py.
//
// model.constants   [{name, value}] that a run may set; value is null where it is computed
// model.variables   names of all that has a value
// model.held, model.starts   names of what every run is given besides
// model.run({set, hold, start, outputs})
//   set      pairs of a constant's name and its value, such as a Map
//   hold     pairs of a held name and its value, a number or [times, numbers]
//   start    pairs of a stock's name and its first value
//   outputs  names; all where it is left out
//   gives {times, values, failure}: a Float64Array of times, one for each output, and null or
//   {variable, time, why}; all values of a run that broke off are NaN.
// model.fan(the same)
//   where a value in set may be an array of one number for each run. It gives an object with the
//   times, the number of runs, and in values one Float64Array for each output: the runs at the
//   first time, then those at the second. go(milliseconds) makes runs until the time is over, and
//   says whether all are made; `made` of them are. failures is a Map of run to failure.
//
// What is wrong with a question is thrown as a model.Refused, which says so.

class Refused extends Error {}

function power(base, exponent) {
  // C and Python say 1 where ECMAScript says NaN.
  if (base === 1 || (base === -1 && (exponent === Infinity || exponent === -Infinity))) return 1;
  return Math.pow(base, exponent);
}

// To the nearest whole number, to the even one of two.
function rounded(x) {
  const whole = 4503599627370496;
  if (!(Math.abs(x) < whole)) return x;
  return x < 0 ? x - whole + whole : x + whole - whole;
}

function places(steps, most) {
  return Math.min(rounded((steps > 1 ? Math.min(steps, 1e9) : 1) + 1e-6), most);
}

// A DELAY FIXED takes in a value, and shows the next one.
function turned(ring, value) {
  ring.places[ring.at] = value;
  ring.at = ring.at + 1 === ring.places.length ? 0 : ring.at + 1;
  return ring.places[ring.at];
}

const fine = tables.sites.length + 1;

// Makes one run up to the time of that number. 0; or, where it broke off, the time's number times
// `fine`, plus the site's; or, where a stock is no finite number at the end, the negative of one
// more than the stock's.
function march({ x, begun, clock, at, flags, held, out, size, runs }, last, slots, run) {
  let broke = begin(x, begun, clock, at, held);
  if (broke === fine) broke = settle();
  if (broke < fine) return broke;
  let row = run;
  for (let i = 0; i <= last; i += 1) {
    const due = flags[i] === 1;
    if (i === last && !due) break;
    now(i, at, flags, held);
    broke = step(due);
    if (due) {
      broke = min(broke, save());
      for (let k = 0, to = row; k < slots.length; k += 1, to += size) out[to] = V[slots[k]];
      row += runs;
    }
    if (broke < fine) return i * fine + broke;
    if (i < last) move();
  }
  return -1 - tables.stockSlots.findIndex((slot) => !Number.isFinite(V[slot]));
}

const clocks = new Map();

// Every time of a run, which of them are saved, and what these are called.
function timesOf(clock) {
  const key = clock.join();
  if (clocks.has(key)) return clocks.get(key);
  const [start, end, step, saveper] = clock;
  if (!(step > 0)) throw new Refused(`TIME STEP is ${step}. It has to be more than 0.`);
  if (!(saveper > 0)) throw new Refused(`SAVEPER is ${saveper}. It has to be more than 0.`);
  if (end < start) throw new Refused(`FINAL TIME (${end}) is before INITIAL TIME (${start}).`);
  if (!((end - start) / step <= tables.mostSteps)) {
    throw new Refused(`The run would take more than ${tables.mostSteps} time steps.`);
  }
  const near = step * 1e-5;
  const at = [start];
  const flags = [1];
  const saved = [start];
  for (let time = start; time + near < end; ) {
    time += step;
    if (!(time > at[at.length - 1])) throw new Refused("TIME STEP is too small to move the time.");
    const since = (time - start) % saveper;
    const due = since < near || (since === 0 ? 0 : saveper - since) < near;
    at.push(time);
    flags.push(due ? 1 : 0);
    if (due) saved.push(time);
  }
  const found = {
    at: Float64Array.from(at),
    flags: Uint8Array.from(flags),
    labels: Float64Array.from(labelled(saved, near)),
  };
  if (clocks.size > 3) clocks.clear();
  clocks.set(key, found);
  return found;
}

// Times rounded to the digits that a time step has, as PySD rounds them.
function labelled(saved, near) {
  const exact = Math.log10(near);
  const log = Math.abs(exact - Math.round(exact)) < 1e-13 ? Math.round(exact) : exact;
  const digits = -Math.trunc(log);
  const scale = Number(`1e${Math.abs(digits)}`);
  return saved.map((time) =>
    digits < 0 ? rounded(time / scale) * scale : rounded(time * scale) / scale,
  );
}

const placeOf = (names) => new Map(names.map((name, place) => [name, place]));
const constants = placeOf(tables.constants);
const controls = placeOf(tables.clock);
const variables = placeOf(tables.variables);
const orders = new Set(tables.orders);

const isList = (value) => Array.isArray(value) || ArrayBuffer.isView(value);

function finite(name, value) {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new Refused(`"${name}" is given ${value}. A finite number was due.`);
  }
  return value;
}

function placed(places, name, what) {
  const place = places.get(name);
  if (place === undefined) throw new Refused(`There is no ${what} called "${name}".`);
  return place;
}

// One for each name, in their order, from pairs of a name and a value.
function each(names, pairs, what) {
  const places = placeOf(names);
  const found = new Array(names.length);
  for (const [name, value] of pairs) found[placed(places, name, what)] = value;
  const missing = names.findIndex((_, place) => found[place] === undefined);
  if (missing >= 0) throw new Refused(`The ${what} "${names[missing]}" is given no value.`);
  return found;
}

// NumPy's interp.
function read(at, [x, y]) {
  let place = 0;
  if (at < x[0]) return y[0];
  while (place < x.length && x[place] <= at) place += 1;
  if (place === x.length) return y[place - 1];
  const slope = (y[place] - y[place - 1]) / (x[place] - x[place - 1]);
  return slope * (at - x[place - 1]) + y[place - 1];
}

function series(name, value) {
  if (!isList(value)) return [[0], [finite(name, value)]];
  const [x, y] = value;
  for (let place = 0; place < x.length; place += 1) {
    finite(name, x[place]);
    finite(name, y[place]);
    if (place > 0 && !(x[place] > x[place - 1])) {
      throw new Refused(`"${name}" is held at a series that goes back in time.`);
    }
  }
  if (x.length === 0) throw new Refused(`"${name}" is held at a series that is empty.`);
  return [x, y];
}

class Fan {
  constructor({ set = [], hold = [], start = [], outputs = tables.variables } = {}) {
    this.x = Float64Array.from(tables.values);
    this.own = tables.clockValues.map((value) => (value === null ? NaN : value));
    this.moving = [];
    this.runs = 1;
    for (const [name, value] of set) this.take(name, value);
    this.own = this.own.map(Number);
    const wanted = Array.from(outputs, (name) => placed(variables, name, "variable"));
    this.slots = Int32Array.from(wanted, (place) => tables.slots[place]);
    this.begun = Float64Array.from(
      each(tables.starts, start, "stock"),
      (value, place) => finite(tables.starts[place], value),
    );
    this.clock = this.clockOfRun(0);
    const times = timesOf(this.clock);
    this.at = times.at;
    this.flags = times.flags;
    this.times = times.labels;
    const rows = each(tables.held, hold, "held variable");
    this.held = new Float64Array(rows.length * this.at.length);
    rows.forEach((value, row) => {
      const points = series(tables.held[row], value);
      this.at.forEach((time, i) => {
        this.held[row * this.at.length + i] = read(time, points);
      });
    });
    this.size = this.times.length * this.runs;
    this.out = new Float64Array(this.size * wanted.length);
    this.values = wanted.map((_, k) =>
      this.out.subarray(k * this.size, (k + 1) * this.size),
    );
    this.failures = new Map();
    this.made = 0;
  }

  take(name, value) {
    const several = isList(value);
    const numbers = several ? value : [value];
    for (let run = 0; run < numbers.length; run += 1) finite(name, numbers[run]);
    if (controls.has(name)) {
      if (several) throw new Refused(`${name} differs between runs.`);
      this.own[controls.get(name)] = value;
      return;
    }
    const place = placed(constants, name, "constant");
    if (orders.has(name) && (several || value !== tables.values[place])) {
      throw new Refused(`"${name}" is the order of a delay, which a page cannot change.`);
    }
    if (!several) {
      this.x[place] = value;
      return;
    }
    if (numbers.length === 0 || (this.moving.length > 0 && numbers.length !== this.runs)) {
      throw new Refused(`"${name}" is not given one number for every run.`);
    }
    this.runs = numbers.length;
    this.moving.push([place, numbers]);
  }

  clockOfRun(run) {
    for (const [place, numbers] of this.moving) this.x[place] = numbers[run];
    return clockOf(this.x, this.own);
  }

  get done() {
    return this.made === this.runs;
  }

  go(milliseconds = Infinity) {
    const end = performance.now() + milliseconds;
    while (this.made < this.runs) {
      this.one(this.made);
      this.made += 1;
      if (performance.now() >= end) break;
    }
    return this.done;
  }

  one(run) {
    const clock = this.clockOfRun(run);
    if (clock.join() !== this.clock.join()) throw new Refused("The clock differs between runs.");
    const told = march(this, this.at.length - 1, this.slots, run);
    if (told === 0) return;
    for (const values of this.values) {
      for (let at = run; at < this.size; at += this.runs) values[at] = NaN;
    }
    this.failures.set(run, told > 0 ? this.broken(told) : this.endless(told));
  }

  broken(told) {
    const [variable, why] = tables.sites[(told % fine) - 1];
    return { variable, time: this.at[Math.floor(told / fine)], why };
  }

  // The stock that is first no finite number at a saved time; it never is one again.
  endless(told) {
    const saved = [];
    this.flags.forEach((flag, i) => flag === 1 && saved.push(i));
    const none = new Int32Array(0);
    let [low, high, found] = [0, saved.length, told];
    while (low < high) {
      const half = (low + high) >> 1;
      const there = march(this, saved[half], none, 0);
      if (there < 0) [high, found] = [half, there];
      else low = half + 1;
    }
    const time = low < saved.length ? this.times[low] : this.at[this.at.length - 1];
    return { variable: tables.stocks[-found - 1], time, why: tables.notFinite };
  }
}

return {
  constants: [
    ...tables.constants.map((name, place) => ({ name, value: tables.values[place] })),
    ...tables.clock.map((name, place) => ({ name, value: tables.clockValues[place] })),
  ],
  variables: tables.variables,
  held: tables.held,
  starts: tables.starts,
  Refused,
  fan: (asked) => new Fan(asked),
  run: (asked) => {
    const one = new Fan(asked);
    if (one.runs !== 1) throw new Refused("A run takes one value for each constant.");
    one.go();
    return { times: one.times, values: one.values, failure: one.failures.get(0) ?? null };
  },
};
