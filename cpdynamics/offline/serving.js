// Many runs, a slice at a time: in a thread of its own, or in the page where there are no threads.

// Lets everything else that waits have its turn; a timer would sleep four milliseconds besides.
const turn = () =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(0);
  });

// The runs of a question from one to another; null once it is not wanted any more.
async function madeRuns({ engine, set, hold, start, draws, outputs }, [from, to], slice, isWanted) {
  try {
    const drawn = draws.map(([name, values]) => [name, values.slice(from, to)]);
    const fan = models[engine].fan({ set: [...set, ...drawn], hold, start, outputs });
    while (!fan.go(slice)) {
      await turn();
      if (!isWanted()) return null;
    }
    return { values: fan.values, times: fan.times, runs: fan.runs, failed: fan.failures.size };
  } catch (error) {
    return { refused: error.message };
  }
}

// What a thread does: of the questions that come only the newest counts.
function serve(thread) {
  let newest = 0;
  thread.onmessage = async ({ data: { job, question, range } }) => {
    newest = job;
    const made = await madeRuns(question, range, 25, () => job === newest);
    if (made === null) return;
    // All values share one piece of memory, which is handed over rather than copied.
    thread.postMessage({ job, made }, made.values ? [made.values[0].buffer] : []);
  };
}
