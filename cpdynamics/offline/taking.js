// What a person takes away: a link, the numbers, a picture.

function asJson(value) {
  if (typeof value === "number") return shortest(value);
  if (Array.isArray(value)) return `[${value.map(asJson).join(", ")}]`;
  if (typeof value === "string") return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${asJson(one)}`);
  return `{${pairs.join(", ")}}`;
}

// The run as a table that Run.read_csv reads; Run.to_csv writes the same.
function csvOf(told, asked, run) {
  const names = Object.keys(run.values);
  const scenario = {
    name: "",
    set: Object.fromEntries(asked.set),
    hold: Object.fromEntries(asked.hold.map(([name, value]) => [name, heldPairs(value)])),
    initial: Object.fromEntries(asked.start),
    story: "",
  };
  const heads = {
    model: told.model,
    "time unit": told.timeUnit,
    since: told.since,
    scenario,
    units: Object.fromEntries(names.map((name) => [name, told.units[name]])),
  };
  const quoted = (cell) => `"${cell.replaceAll('"', '""')}"`;
  const lines = [
    "# A run of cpdynamics, format 1. Every line below that starts with # is a key and JSON.",
    ...Object.entries(heads).map(([key, value]) => `# ${key}: ${asJson(value)}`),
    ["Time", ...names].map(quoted).join(","),
  ];
  run.times.forEach((time, i) => {
    lines.push([time, ...names.map((name) => run.values[name][i])].map(shortest).join(","));
  });
  return `${lines.join("\n")}\n`;
}

const heldPairs = (value) =>
  typeof value === "number" ? value : value[0].map((time, i) => [time, value[1][i]]);

function download(name, blob) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

// The picture with its title and what it shows written above it.
async function pngOf(chart, title, subtitle) {
  const { width, height } = chart.getBoundingClientRect();
  const address = await Plotly.toImage(chart, { format: "png", width, height, scale: 2 });
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  const canvas = make("canvas", { width: 2 * width, height: 2 * (height + 64) });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#222";
  pen.font = "48px Arial, 'Liberation Sans', Helvetica, sans-serif";
  pen.fillText(title, 20, 56);
  pen.font = "32px Arial, 'Liberation Sans', Helvetica, sans-serif";
  pen.fillText(subtitle, 20, 104, canvas.width - 40);
  pen.drawImage(picture, 0, 128);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

const fileName = (model) => model.replace(/[^A-Za-z0-9_-]+/g, "_") || "model";
