// The threads that make many runs at once, where the browser lends any.

const MOST_THREADS = 4;
const SLICE = 12; // milliseconds of runs in the page itself before it is looked after

class Pool {
  constructor() {
    this.job = 0;
    this.threads = [];
    this.pending = null;
    const count = Math.min(MOST_THREADS, (navigator.hardwareConcurrency || 2) - 1);
    const text = `${document.getElementById("programs").textContent}\nserve(self);`;
    try {
      const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
      for (let i = 0; i < count; i += 1) this.threads.push(this.started(new Worker(address), i));
    } catch {
      this.threads = [];
    }
  }

  started(thread, number) {
    thread.onmessage = ({ data: { job, made } }) => this.take(job, number, made);
    thread.onerror = (event) => {
      event.preventDefault();
      this.lost();
    };
    return thread;
  }

  // {values, times, runs, failed}, {refused}, or null once the question is not wanted any more.
  make(question, isWanted) {
    this.job += 1;
    this.pending?.done(null);
    this.pending = null;
    if (!this.threads.length) return madeRuns(question, [0, question.runs], SLICE, isWanted);
    return new Promise((done) => {
      this.pending = { question, isWanted, done, parts: [], left: this.threads.length };
      const share = (number) => Math.round((number * question.runs) / this.threads.length);
      this.threads.forEach((thread, i) => {
        thread.postMessage({ job: this.job, question, range: [share(i), share(i + 1)] });
      });
    });
  }

  take(job, number, made) {
    if (job !== this.job || !this.pending) return;
    this.pending.parts[number] = made;
    this.pending.left -= 1;
    if (this.pending.left) return;
    const { parts, done } = this.pending;
    this.pending = null;
    done(parts.find((part) => part.refused) ?? together(parts));
  }

  // A thread that cannot start, as under the rules of some browsers: the page does the work.
  lost() {
    this.threads.forEach((thread) => thread.terminate());
    this.threads = [];
    if (!this.pending) return;
    const { question, isWanted, done } = this.pending;
    this.pending = null;
    madeRuns(question, [0, question.runs], SLICE, isWanted).then(done);
  }
}

// The runs of all parts side by side, as if one had made them.
function together(parts) {
  if (parts.length === 1) return parts[0];
  const runs = parts.reduce((sum, part) => sum + part.runs, 0);
  const { times } = parts[0];
  const values = parts[0].values.map((_, output) => {
    const all = new Float64Array(runs * times.length);
    let first = 0;
    for (const part of parts) {
      for (let time = 0; time < times.length; time += 1) {
        const from = time * part.runs;
        all.set(part.values[output].subarray(from, from + part.runs), time * runs + first);
      }
      first += part.runs;
    }
    return all;
  });
  return { values, times, runs, failed: parts.reduce((sum, part) => sum + part.failed, 0) };
}
