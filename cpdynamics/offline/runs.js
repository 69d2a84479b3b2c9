// Runs of the model, and the many runs around one.

class Broken extends Error {}

class Runs {
  constructor(told, models) {
    this.told = told;
    this.models = models;
    this.besides = new Map();
  }

  // What a state asks of its program.
  asked(state) {
    const preset = state.preset === null ? null : this.told.presets[state.preset];
    const hold = preset?.hold ?? [];
    const held = new Set(hold.map(([name]) => name));
    const moved = movedFrom(this.told.controls, state).filter(([name]) => !held.has(name));
    return {
      engine: preset?.engine ?? 0,
      set: [...(preset?.set ?? []), ...moved],
      hold,
      start: preset?.initial ?? [],
      given: preset?.given ?? [],
    };
  }

  isBase({ set, hold, start }) {
    return !set.length && !hold.length && !start.length;
  }

  // {times, values}; throws a Broken that says why there is none.
  run(asked, outputs = this.told.outputs) {
    const { set, hold, start } = asked;
    const made = this.refused(() => this.models[asked.engine].run({ set, hold, start, outputs }));
    if (made.failure) {
      const { variable, time, why } = made.failure;
      const remedy = this.told.failures[why] ?? "";
      throw new Broken(`"${variable}" ${why} at time ${general(time, 6)}. ${remedy}`.trim());
    }
    return { times: made.times, values: named(outputs, made.values) };
  }

  // All that the model computes, in the order of the notebook's runs.
  get every() {
    const known = new Set(this.models[0].variables);
    return Object.keys(this.told.units).filter((name) => known.has(name));
  }

  // Which of the uncertain constants, by their places, a question leaves open.
  open({ set, given }) {
    const { names, keys } = this.told.fan;
    const known = new Set(set.map(([name]) => name));
    return names.map((_, i) => i).filter((i) => !known.has(names[i]) && !given.includes(keys[i]));
  }

  // What to ask for many runs around a question; null where nothing is left to draw.
  around({ engine, set, hold, start, given }) {
    const drawn = this.open({ set, given });
    if (!drawn.length) return null;
    const { names, draws } = this.told.fan;
    const all = drawn.map((i) => [names[i], draws[i]]);
    const runs = draws[0].length;
    return { engine, set, hold, start, draws: all, drawn, runs, outputs: this.told.outputs };
  }

  // The base under the same draws: [key, question].
  beside(asked) {
    const { names, starts } = this.told.fan;
    const open = new Set(this.open(asked));
    const fixed = names.map((name, i) => [name, starts[i]]).filter((_, i) => !open.has(i));
    const key = fixed.map(([name]) => name).join("\n");
    return [key, { engine: 0, set: fixed, hold: [], start: [], given: [] }];
  }

  refused(work) {
    try {
      return work();
    } catch (error) {
      throw new Broken(error.message);
    }
  }
}

const named = (names, values) => Object.fromEntries(names.map((name, i) => [name, values[i]]));
