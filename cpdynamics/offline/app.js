// The page at work: a move changes the state at once, then the line, then the band around it.

const STALE = 200; // milliseconds that a band of the state before may stay in the picture
const LETTERS = 16; // pixels that a letter of the page has at a desk
const WARM = 40; // runs after which a browser has made the most of the script
const FRAME = 90; // milliseconds that a picture of the replay stands
const PRINTED = [1000, 560]; // pixels of the picture on a sheet of paper

class Page {
  constructor(told, place) {
    this.told = told;
    this.runs = new Runs(told, models);
    this.past = begun(started(told.controls));
    this.base = this.runs.run(this.runs.asked(this.past.now));
    this.run = this.base;
    this.asked = this.runs.asked(this.past.now);
    this.many = null;
    this.spans = bare();
    this.bands = bare();
    this.bandsOf = 0; // when the state left that the bands belong to
    this.job = 0;
    this.presenting = false;
    this.printing = false;
    this.board = new Board(told, place, this.does());
    this.chart = new Chart(told, this.board.chart);
  }

  does() {
    const { controls, presets } = this.told;
    return {
      slid: (i, value) => this.go(went(this.past, slid(controls, this.past.now, i, value), true)),
      left: () => (this.past = letGo(this.past)),
      typed: (i, given) => this.go(went(this.past, typed(controls, this.past.now, i, given))),
      choose: (i) => this.go(went(this.past, chosen(presets, i))),
      reset: () => this.go(went(this.past, started(controls))),
      undo: () => this.go(undone(this.past)),
      redo: () => this.go(redone(this.past)),
      replay: () => this.again(),
      pin: () => this.togglePin(),
      present: () => this.togglePresent(),
      again: () => this.changed(),
      take: (what) => this.take(what),
    };
  }

  go(past) {
    this.replaying = null;
    this.past = past;
    this.board.showState(past);
    this.changed();
  }

  // Asks for a picture of the state as it is by then; several moves in one frame are one picture.
  changed() {
    this.job += 1;
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.show();
    });
  }

  show() {
    const state = { ...this.past.now, values: this.replaying ?? this.past.now.values };
    const asked = this.runs.asked(state);
    try {
      this.run = this.runs.run(asked);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      this.board.fail(`${error.message} The last picture is kept.`);
      return;
    }
    if (!this.isOn) this.many = null; // turned on again, the band is made again
    if (JSON.stringify(asked) !== JSON.stringify(this.asked)) {
      this.many = null;
      this.bandsOf ||= performance.now();
    }
    this.asked = asked;
    if (!this.isOn || performance.now() - this.bandsOf > STALE) this.bands = bare();
    this.board.fail("");
    this.draw();
    if (this.isOn && !this.many) this.fan(this.job, asked);
    else this.board.showFan(this.isOn ? this.many : null, "");
  }

  get isOn() {
    return this.board.switch !== null && this.board.switch.checked;
  }

  draw() {
    const pinned = this.past.pinned === null ? null : this.pinnedRun();
    const shown = { base: this.base, run: this.run, pinned, bands: this.bands };
    const still = !this.runs.isBase(this.asked);
    const { presets } = this.told;
    const forced = isPreset(presets, this.past.now) && !this.replaying ? this.past.now.preset : null;
    const plain = still ? null : "";
    this.board.loops.show(forced === null ? plain : presets[forced].name);
    const drawn = this.chart.draw({ ...shown, still }, this.size());
    const { told, time } = this.told;
    const spans = this.isOn && this.many ? this.spans : bare();
    const tiles = told.map((one) => tile(one, this.run, this.base, spans[one.name], time));
    this.board.showTiles(tiles, endOf(this.run.times, time));
    if (this.past.before.length || this.past.after.length) this.board.speak(tiles);
    return drawn;
  }

  size() {
    if (this.printing) return { width: PRINTED[0], height: PRINTED[1], zoom: 1 };
    // What stands beside the sliders stays in the window while they are scrolled: where it would
    // be at the top of the page counts.
    const { chart } = this.board;
    const main = chart.parentElement.getBoundingClientRect();
    const body = chart.parentElement.parentElement.getBoundingClientRect();
    const moved = main.height ? main.top - body.top : 0;
    const above = chart.getBoundingClientRect().top + window.scrollY - moved;
    return this.chart.size(window.innerHeight - above - 10 - this.board.loops.tall, this.zoom);
  }

  pinnedRun() {
    if (this.pinnedState !== this.past.pinned) {
      this.pinnedState = this.past.pinned;
      this.pinnedLine = this.whole(this.past.pinned);
    }
    return this.pinnedLine;
  }

  // The run of a state; null where it breaks off.
  whole(state) {
    try {
      return this.runs.run(this.runs.asked(state));
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      return null;
    }
  }

  // The band around the run on show, a slice of runs at a time so that the page stays quick.
  async fan(job, asked) {
    try {
      await painted();
      const many = await this.made(job, this.runs.around(asked));
      if (job !== this.job) return;
      if (many === null) {
        this.showBands(null, bare(), this.told.fan.allSet);
        return;
      }
      let spans = bare();
      if (!this.runs.isBase(asked)) {
        const [key, question] = this.runs.beside(asked);
        const known = this.runs.besides;
        if (!known.has(key)) {
          const base = await this.made(job, this.runs.around(question));
          if (job !== this.job) return;
          known.set(key, base.values);
        }
        spans = this.apart(many, known.get(key));
      } else this.runs.besides.set("", many.values);
      this.showBands(many, spans, "");
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      this.showBands(null, bare(), `No band of uncertainty is shown. ${error.message}`);
    }
  }

  async made(job, question) {
    if (question === null) return null;
    this.pool ??= new Pool();
    const made = await this.pool.make(question, () => job === this.job);
    if (made === null) return null;
    if (made.refused) throw new Broken(made.refused);
    return { ...made, drawn: question.drawn, values: named(question.outputs, made.values) };
  }

  apart(many, base) {
    const ends = (values) => values.subarray(values.length - many.runs);
    return bare(
      this.told.told.map(({ name, share }) => [
        name,
        apart(ends(many.values[name]), ends(base[name]), share),
      ]),
    );
  }

  showBands(many, spans, why) {
    this.many = many;
    this.spans = spans;
    this.bandsOf = 0;
    const names = this.told.drawing.panels.flatMap((panel) => panel.names);
    this.bands = bare();
    if (many) for (const name of names) this.bands[name] ??= bandOf(many.values[name], many.runs);
    this.board.showFan(many, why);
    this.draw();
  }

  // The last change once more, as runs of what lies between.
  async again() {
    const frames = replay(this.past);
    if (!frames.length) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const pictures = calm ? [frames[0], frames.at(-1)] : frames;
    for (const [i, values] of pictures.entries()) {
      this.replaying = values;
      this.board.showState(this.past, values);
      this.changed();
      await pause(calm || i === 0 ? 8 * FRAME : FRAME);
      if (this.replaying !== values) return; // somebody moved on
    }
    this.go(this.past);
  }

  togglePin() {
    this.go(this.past.pinned === null ? pin(this.past) : unpin(this.past));
  }

  // By how much letters are larger than at a desk; page.css says so, and by the window's width.
  get zoom() {
    return parseFloat(getComputedStyle(document.documentElement).fontSize) / LETTERS;
  }

  togglePresent(on = !this.presenting) {
    this.presenting = on;
    document.documentElement.classList.toggle("present", on);
    attribute(this.board.present, "aria-pressed", String(on));
    this.draw();
  }

  get code() {
    const { model, controls, presets } = this.told;
    return `#${shareCode(model, controls, presets, this.past.now)}`;
  }

  async take(what) {
    const { board, told } = this;
    const name = fileName(told.model);
    const address = location.href.split("#")[0] + this.code;
    board.link.value = address;
    put(board.taken, "");
    if (what === "link") {
      board.link.select();
      try {
        await navigator.clipboard.writeText(address);
        put(board.taken, "Copied.");
      } catch {
        put(board.taken, "Marked. Press Ctrl+C to copy it.");
      }
    } else if (what === "csv") {
      const csv = csvOf(told, this.asked, this.runs.run(this.asked, this.runs.every));
      download(`${name}.csv`, new Blob([csv], { type: "text/csv;charset=utf-8" }));
    } else if (what === "png") {
      await this.chart.moving.settle();
      download(`${name}.png`, await pngOf(board.chart, told.title, this.inWords()));
    } else if (what === "print") window.print();
  }

  // What is set, for a picture that leaves the page.
  inWords() {
    const { controls, presets } = this.told;
    const state = this.past.now;
    if (isPreset(presets, state)) return presets[state.preset].name;
    const set = movedFrom(controls, state).map(([name, value]) => `${name} = ${general(value, 6)}`);
    return set.join(", ") || this.told.question;
  }

  // A link that somebody sent.
  open(code) {
    if (code.length < 2) return;
    const { model, controls, presets } = this.told;
    try {
      this.go(went(this.past, stateOf(code, model, controls, presets)));
    } catch (error) {
      if (!(error instanceof NoCode)) throw error;
      const kept = `${error.message} The sliders stay where they are.`;
      this.go({ ...this.past, now: { ...this.past.now, message: kept } });
    }
  }

  listen() {
    window.addEventListener("hashchange", () => this.open(location.hash));
    new ResizeObserver(() => !this.printing && this.draw()).observe(this.board.chart.parentElement);
    window.addEventListener("resize", () => !this.printing && this.draw());
    const print = (on) => () => {
      this.printing = on;
      // Paper is no screen of a room.
      document.documentElement.classList.toggle("present", this.presenting && !on);
      this.board.showHandout(this.past.now, this.code);
      this.draw();
    };
    window.addEventListener("beforeprint", print(true));
    window.addEventListener("afterprint", print(false));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.presenting) this.togglePresent(false);
      if (!(event.ctrlKey || event.metaKey) || event.target.type === "text") return;
      const key = event.key.toLowerCase();
      const redo = key === "y" || (key === "z" && event.shiftKey);
      if (key !== "z" && key !== "y") return;
      event.preventDefault();
      this.go((redo ? redone : undone)(this.past));
    });
  }
}

// A script gets quick by being run. The many runs are made elsewhere, so that the page would still
// be slow when somebody first moves a slider.
async function warmed(page) {
  await painted();
  const state = page.past.now;
  for (let run = 0; run < WARM; run += 1) {
    await turn();
    page.whole(state);
  }
}

function openPage() {
  const place = document.getElementById("page");
  const told = JSON.parse(document.getElementById("model").textContent);
  const page = new Page(told, place);
  page.board.showState(page.past);
  page.listen();
  page.show();
  page.open(location.hash);
  performance.mark("live");
  warmed(page);
}

openPage();
