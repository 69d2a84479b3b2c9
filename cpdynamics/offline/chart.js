// The picture on the page.

const ROWS = [205, 380]; // pixels a row of panels, at least and at most

class Chart {
  constructor(told, place) {
    this.drawing = told.drawing;
    this.time = told.time;
    this.place = place;
    this.starts = this.drawing.panels.map(({ range }) => range);
    this.ranges = this.starts;
    this.moving = new Moving(place, { ...this.drawing.config, responsive: false });
  }

  // shown: {base, run, pinned, bands, still}. Still axes hold for a run that is no base.
  draw(shown, size) {
    const { panels } = this.drawing;
    const seen = [shown.base, shown.run, shown.pinned].filter(Boolean);
    const given = seen.map(({ values }) => ({ values, bands: bare() }));
    given[1].bands = shown.bands;
    this.ranges = axisRanges(panels, given, shown.still ? this.ranges : this.starts);
    const sheets = panels.map((panel, i) => this.sheet(panel, this.ranges[i], shown));
    const { data, layout, said } = pictured(this.drawing, sheets, size);
    const { width, height } = size;
    this.place.style.height = `${height}px`;
    attribute(this.place, "aria-label", said);
    // A finger that crosses the picture scrolls the page.
    const dragmode = matchMedia("(pointer: coarse)").matches ? false : "zoom";
    const own = { width, height, autosize: false, dragmode };
    return this.moving.show(data, { ...layout, ...own });
  }

  sheet(panel, range, { base, run, pinned, bands }) {
    const [first, second, third] = [base, run, pinned].map((one) => one && this.onAxis(panel, one));
    const x = second.times;
    const behind = bare(
      panel.names
        .filter((name) => bands[name])
        .map((name) => [name, { x, ...scaledBand(bands[name], panel.factor) }]),
    );
    const reach = range.map((end) => end * panel.factor);
    const lines = linesOf(panel, this.drawing, first, second, third, behind, reach);
    return { panel, lines, range: reach };
  }

  onAxis(panel, run) {
    run.axis ??= run.times.map((time) => time / this.time.divisor);
    const values = Object.fromEntries(
      panel.names.map((name) => [name, scaled(run.values[name], panel.factor)]),
    );
    return { times: run.axis, values };
  }

  // How wide and how tall the picture is to be where so many pixels are left below its upper edge.
  size(room, zoom) {
    const count = this.drawing.panels.length;
    const width = Math.max(200, Math.floor(this.place.clientWidth));
    const rows = Math.ceil(count / columnsFor(count, width / zoom));
    const [least, most] = ROWS.map((row) => row * rows * zoom);
    const height = Math.min(Math.max(room, least), Math.max(most, 440 * zoom));
    return { width, height: Math.max(height, leastHeight(count, width / zoom) * zoom), zoom };
  }
}

const scaled = (values, factor) => (factor === 1 ? values : values.map((value) => factor * value));

const scaledBand = ({ low, high }, factor) =>
  ({ low: scaled(low, factor), high: scaled(high, factor) });
