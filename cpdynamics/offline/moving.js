// Lines, bands and their labels, moved in the picture that Plotly drew.
//
// While a slider moves, axes and headings stand still, and to have Plotly draw them all anew takes
// most of the time between a key and the picture. So what moves is moved, and once the hand rests
// Plotly draws the whole: what it says under the pointer, and saves, comes from there.

const AT_REST = 200; // milliseconds without a move

class Moving {
  constructor(place, config) {
    this.place = place;
    this.config = config;
    this.frame = null;
    this.drawn = null; // the layout that Plotly has, with an axis that somebody dragged
    this.late = null;
    this.shifted = new Set();
  }

  show(data, layout) {
    data.forEach((trace, i) => (trace.uid = `of${i}`));
    const frame = frameOf(data, layout);
    if (frame !== this.frame || !this.stands(layout) || !data.every(isWhole)) {
      return this.whole(data, layout, frame);
    }
    this.move(data, layout);
    this.late = [data, layout, frame];
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.settle(), AT_REST);
    return Promise.resolve();
  }

  // Has Plotly draw what was only moved so far.
  settle() {
    return this.late ? this.whole(...this.late) : Promise.resolve();
  }

  async whole(data, layout, frame) {
    clearTimeout(this.rest);
    this.late = null;
    this.frame = null;
    const drawing = (this.drawing = Plotly.react(this.place, data, layout, this.config));
    this.shifted.clear(); // every label is a new element now
    await drawing;
    if (this.drawing !== drawing) return;
    this.frame = frame;
    this.drawn = layout;
    this.places = layout.annotations.map((label) => heightOf(label, layout));
  }

  stands(layout) {
    return axesOf(layout).every((key) => String(layout[key].range) === String(this.drawn[key].range));
  }

  move(data, layout) {
    for (const trace of data) {
      if (trace.visible === false) continue;
      const path = pathOf(trace, layout);
      const drawn = this.place.querySelectorAll(`.trace${trace.uid} :is(.js-line, .js-fill)`);
      drawn.forEach((one) => one.setAttribute("d", path));
    }
    layout.annotations.forEach((label, i) => {
      const moved = heightOf(label, layout) - this.places[i];
      const drawn = this.place.querySelector(`.infolayer .annotation[data-index="${i}"]`);
      if (!drawn || (!moved && !this.shifted.has(drawn))) return;
      drawn.setAttribute("transform", `translate(0,${moved.toFixed(2)})`);
      this.shifted.add(drawn);
    });
  }
}

const axesOf = (layout) => Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key));

const isWhole = ({ x, y, visible }) =>
  visible === false || (x.length > 0 && y.every((value) => Number.isFinite(value)));

// All that must not change while lines are only moved.
function frameOf(data, layout) {
  const traces = data.map(({ x, y, ...rest }) => rest);
  const labels = layout.annotations.map(({ y, yshift, ...rest }) =>
    rest.yref === "paper" ? { ...rest, y, yshift } : rest,
  );
  return JSON.stringify([traces, { ...layout, annotations: labels }]);
}

const axisOf = (letter, reference) => `${letter}axis${(reference ?? letter).slice(1)}`;

function scaleOf(axis, pixels) {
  const [low, high] = axis.range;
  const length = (axis.domain[1] - axis.domain[0]) * pixels;
  return (value) => ((value - low) / (high - low)) * length;
}

function pathOf({ x, y, xaxis, yaxis }, layout) {
  const across = scaleOf(layout[axisOf("x", xaxis)], layout.width);
  const axis = layout[axisOf("y", yaxis)];
  const up = scaleOf(axis, layout.height);
  const top = (axis.domain[1] - axis.domain[0]) * layout.height;
  const steps = Array.from(x, (at, i) => `${across(at).toFixed(2)},${(top - up(y[i])).toFixed(2)}`);
  return `M${steps.join("L")}`;
}

// How far down the picture a label stands, but for a constant.
function heightOf({ yref, y, yshift = 0 }, layout) {
  return yref === "paper" ? 0 : -scaleOf(layout[axisOf("y", yref)], layout.height)(y) - yshift;
}
