// Where everything of the picture stands, in Plotly's terms; plots/layout.py decides the same.

const NARROW = 560;
const LOWEST = 150;
const FONT = 16;
const LETTER = 0.5 * FONT;
const LINE = 1.25 * FONT;
const EDGE = 10;

const columnsFor = (count, width) => (count === 1 || width < NARROW ? 1 : 2);

// The least height at which all panels can be read.
const leastHeight = (count, width) => Math.ceil(count / columnsFor(count, width)) * LOWEST;

// Data and layout. sheets: [{panel, lines, range}]; width and height in pixels; zoom is by how much
// letters and lines are larger than at a desk.
function pictured(drawing, sheets, { width, height, zoom = 1 }) {
  const page = sheetOf(drawing, sheets, width / zoom, height / zoom);
  const layout = {
    ...drawing.layout,
    font: sized(drawing.layout.font, zoom),
    hoverlabel: { ...drawing.layout.hoverlabel, font: sized(drawing.layout.hoverlabel.font, zoom) },
    annotations: [],
  };
  sheets.forEach((sheet, number) => {
    const key = number === 0 ? "" : String(number + 1);
    const cell = cellOf(page, number);
    layout[`xaxis${key}`] = timeAxis(cell, sheet, isBottom(page, number), zoom);
    layout[`yaxis${key}`] = valueAxis(cell, sheet, zoom);
    layout.annotations.push(
      heading(drawing, cell, sheet.panel, zoom),
      ...labelled(drawing, cell, sheet, key, zoom),
      ...cutOff(cell, sheet, zoom),
    );
  });
  return { data: tracesOf(drawing, sheets, zoom), layout, said: described(sheets) };
}

const sized = (font, zoom) => ({ ...font, size: font.size * zoom });

function sheetOf(drawing, sheets, width, height) {
  const labels = sheets.flatMap(({ lines }) => lines.map((line) => drawing.letters[line.label]));
  return {
    count: sheets.length,
    columns: columnsFor(sheets.length, width),
    width,
    height,
    labels: 22 + Math.max(0, ...labels) * LETTER,
  };
}

const isBottom = (page, number) => number + page.columns >= page.count;

function cellOf(page, number) {
  const [row, column] = [Math.floor(number / page.columns), number % page.columns];
  const wide = page.width / page.columns;
  const tall = page.height / Math.ceil(page.count / page.columns);
  const top = row * tall + 40;
  const bottom = (row + 1) * tall - (isBottom(page, number) ? 62 : 38);
  const left = column * wide + 80;
  return {
    left: left / page.width,
    right: Math.max((column + 1) * wide - page.labels, left + 60) / page.width,
    bottom: 1 - bottom / page.height,
    top: 1 - top / page.height,
    edge: (column * wide + EDGE) / page.width,
    pixels: bottom - top,
  };
}

function timeAxis(cell, { panel, lines }, titled, zoom) {
  const ends = lines.flatMap(({ x }) => [x[0], x.at(-1)]);
  return {
    ...panel.x,
    domain: [cell.left, cell.right],
    range: [Math.min(...ends), Math.max(...ends)],
    title: {
      text: titled ? panel.timeTitle : "",
      font: sized(panel.x.title.font, zoom),
      standoff: panel.x.title.standoff * zoom,
    },
  };
}

function valueAxis(cell, { panel, range }, zoom) {
  const fits = Math.trunc(cell.pixels / LETTER);
  const [, unit] = panel.unitLines.find(([letters]) => letters <= fits) ?? [0, ""];
  return {
    ...panel.y,
    domain: [cell.bottom, cell.top],
    range: [...range],
    nticks: Math.max(4, Math.trunc(cell.pixels / 30)),
    tickformat: Math.max(...range.map(Math.abs)) >= 10000 ? "~s" : ",~g",
    title: {
      text: unit,
      font: sized(panel.y.title.font, zoom),
      standoff: panel.y.title.standoff * zoom,
    },
  };
}

const onPaper = (text, size, x, y, xanchor, yanchor) => ({
  text,
  font: { size },
  showarrow: false,
  xref: "paper",
  yref: "paper",
  x,
  y,
  xanchor,
  yanchor,
});

const heading = (drawing, cell, panel, zoom) => ({
  ...onPaper(panel.heading, drawing.heading * zoom, cell.edge, cell.top, "left", "bottom"),
  yshift: 6 * zoom,
});

// A word at the end of the upright axis beyond which a band goes on.
function cutOff(cell, { lines, range: [low, high] }, zoom) {
  const bands = lines.map(({ band }) => band).filter(Boolean);
  const above = bands.some((band) => Math.max(...band.high) > high);
  const below = bands.some((band) => Math.min(...band.low) < low);
  return [
    ...(above ? [["↑", cell.top, "top"]] : []),
    ...(below ? [["↓", cell.bottom, "bottom"]] : []),
  ].map(([arrow, place, side]) =>
    onPaper(`${arrow} band goes on`, FONT * zoom, cell.right, place, "right", side),
  );
}

function labelled(drawing, cell, { lines, range: [low, high] }, key, zoom) {
  const shown = lines.filter((line) => line.label);
  const scale = (high - low) / cell.pixels;
  const wanted = shown.map(({ y }) =>
    scale ? Math.min(Math.max((endsOfLine(y)[1] - low) / scale, 0), cell.pixels) : 0,
  );
  const sizes = shown.map(({ label }) => drawing.words[label].length * LINE);
  const places = spread(wanted, sizes, -LINE / 2, cell.pixels + LINE / 2);
  return shown.map((line, i) => {
    const anchor = Math.min(Math.max(places[i], 0), cell.pixels);
    return {
      text: drawing.words[line.label].join("<br>"),
      font: { color: drawing.inks[line.colour], size: FONT * zoom },
      align: "left",
      showarrow: false,
      xref: `x${key}`,
      yref: `y${key}`,
      x: line.x.at(-1),
      y: low + anchor * scale,
      xanchor: "left",
      yanchor: "middle",
      xshift: 6 * zoom,
      yshift: (places[i] - anchor) * zoom,
    };
  });
}

const escaped = (text) =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#x27;");

// The traces that drawing.py listed, in its order: of each panel the bands, and the lines after
// them. A pinned run, and a band, that is not there is not visible.
function tracesOf(drawing, sheets, zoom) {
  let next = 0;
  const made = [];
  const take = (filled) => {
    const style = drawing.traces[next++];
    const line = { ...style.line, width: style.line.width * zoom };
    made.push({ ...style, line, ...(filled ?? { x: [], y: [], visible: false }) });
  };
  for (const { panel, lines } of sheets) {
    const of = (role, variable) => lines.find((one) => one.role === role && one.variable === variable);
    if (drawing.banded) panel.names.forEach((name) => take(bandTrace(of("run", name))));
    panel.names.forEach((name) => take(lineTrace(of("base", name))));
    panel.names.forEach((name) => {
      take(lineTrace(of("run", name)));
      take(lineTrace(of("pin", name)));
    });
  }
  return made;
}

const lineTrace = (line) =>
  line && { name: escaped(line.name), x: line.x, y: line.y, visible: true };

function bandTrace(line) {
  if (!line.band) return null;
  const { x, low, high } = line.band;
  return {
    name: escaped(`${line.name}, nine of ten runs`),
    visible: true,
    x: [...x, ...Array.from(x).reverse()],
    y: [...low, ...Array.from(high).reverse()],
  };
}
