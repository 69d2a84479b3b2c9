// Numbers and texts as Python writes them, so that page and notebook say the same to the letter.

const MINUS = "\u2212";
const SPACES = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const GAP = new RegExp(`[${SPACES}]+`, "u");
const OUTSIDE = new RegExp(`^[${SPACES}]+|[${SPACES}]+$`, "gu");

const stripped = (text) => text.replace(OUTSIDE, "");
const words = (text) => text.split(GAP).filter(Boolean);

function clipped(text, longest) {
  const letters = Array.from(words(text).join(" "));
  return letters.length <= longest ? letters.join("") : `${letters.slice(0, longest - 1).join("")}…`;
}

// ECMAScript rounds what lies in the middle up, Python to the even digit. Both write exactly what
// a double is, so that a middle is a 5 and nothing behind it.
function evenly(digits, exact) {
  const whole = exact.slice(0, -1).replace(/\.$/, "");
  return /[02468]$/.test(whole) ? whole : digits;
}

// f"{x:.{places}f}"
function fixed(x, places) {
  if (Number.isNaN(x)) return "nan";
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  const size = Math.abs(x);
  if (size === Infinity) return `${sign}inf`;
  if (size >= 1e21) return `${sign}${BigInt(size)}${places ? `.${"0".repeat(places)}` : ""}`;
  const digits = size.toFixed(places);
  const exact = size.toFixed(places + 1);
  const middle = exact.endsWith("5") && /^0+$/.test(size.toFixed(100).split(".")[1].slice(places + 1));
  return sign + (middle ? evenly(digits, exact) : digits);
}

// f"{x:.{digits}g}"
function general(x, digits) {
  if (!Number.isFinite(x)) return fixed(x, 0);
  if (x === 0) return Object.is(x, -0) ? "-0" : "0";
  const sign = x < 0 ? "-" : "";
  const size = Math.abs(x);
  let [mantissa, power] = size.toExponential(digits - 1).split("e");
  const [exact, place] = size.toExponential(digits).split("e");
  const behind = size.toExponential(100).split("e")[0].replace(".", "").slice(digits + 1);
  if (exact.endsWith("5") && /^0*$/.test(behind)) {
    const even = evenly(mantissa, exact);
    if (even !== mantissa) [mantissa, power] = [even, place];
  }
  return sign + placed(mantissa.replace(".", "").replace(/0+$/, "") || "0", Number(power), digits);
}

// Digits with the point where their power of ten wants it, or the power behind them.
function placed(digits, power, most) {
  if (power < -4 || power >= most) {
    const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
    return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  if (power < 0) return `0.${"0".repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, "0");
  return digits.length > power + 1 ? `${whole}.${digits.slice(power + 1)}` : whole;
}

// repr(x): the shortest text that reads back as the same number.
function shortest(x) {
  if (!Number.isFinite(x)) return fixed(x, 0);
  if (x === 0) return Object.is(x, -0) ? "-0.0" : "0.0";
  const [mantissa, power] = Math.abs(x).toExponential().split("e");
  const text = placed(mantissa.replace(".", ""), Number(power), 16);
  return (x < 0 ? "-" : "") + (/[.e]/.test(text) ? text : `${text}.0`);
}

const grouped = (text) =>
  text.replace(/^(-?)(\d+)/, (_, sign, whole) => sign + whole.replace(/\B(?=(\d{3})+$)/g, ","));

// round(x) and round(x, places)
function rounded(x, places = 0) {
  return Number.isFinite(x) ? Number(fixed(x, places)) : x;
}

function isClose(a, b) {
  return a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

function readable(x) {
  if (x === null || Number.isNaN(x)) return "";
  if (!Number.isFinite(x)) return x < 0 ? "-inf" : "inf";
  if (Math.abs(x) >= 1000) return grouped(fixed(x, 0));
  const text = general(x, 4);
  return text === "-0" ? "0" : text;
}

const said = (x) => readable(x).replace(/^-/, MINUS);
