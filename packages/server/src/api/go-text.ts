/** Numbers, times and quoted text as Go writes them, which is how Prometheus's API shows them. */

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\u0007", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\v", "\\v"],
  ["\\", "\\\\"],
  ['"', '\\"'],
]);

/** As Go's `%q`. */
export function quoted(text: string): string {
  const body = [...text].map((character) => {
    const known = ESCAPES.get(character);
    if (known !== undefined) return known;
    if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character)) return character;
    const point = character.codePointAt(0) ?? 0;
    return point < 0x80 ? `\\x${point.toString(16).padStart(2, "0")}` : `\\u${point.toString(16).padStart(4, "0")}`;
  });
  return `"${body.join("")}"`;
}

/**
 * A sample's value: no exponent from 1e-6 up to 1e21, which are JavaScript's limits, too.
 * Source: Prometheus, util/jsonutil (`MarshalFloat`).
 */
export function sampleValue(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  if (Object.is(value, -0)) return "-0";
  return twoDigitExponent(String(value));
}

/** Without exponent, whatever the size: `strconv.FormatFloat(value, 'f', -1, 64)`. Scalars are written so. */
export function plainValue(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  if (Object.is(value, -0)) return "-0";
  const text = String(value);
  if (!text.includes("e")) return text;
  const [mantissa = "", power = "0"] = text.replace("-", "").split("e");
  const exponent = Number(text.slice(text.indexOf("e") + 1));
  const digits = mantissa.replace(".", "");
  const sign = value < 0 ? "-" : "";
  return Number(power) > 0 && exponent > 0
    ? `${sign}${digits.padEnd(exponent + 1, "0")}`
    : `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
}

/** Always with exponent: `strconv.FormatFloat(value, 'e', -1, 64)`. Alerts' values are written so. */
export function exponentialValue(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  return `${Object.is(value, -0) ? "-" : ""}${twoDigitExponent(value.toExponential())}`;
}

/**
 * As Go's `time.RFC3339Nano` in UTC: no more decimals than it takes.
 *
 * @param timeMs Unix milliseconds; `undefined` for never, which Go writes as the year 1
 */
export function rfc3339(timeMs: number | undefined): string {
  if (timeMs === undefined) return "0001-01-01T00:00:00Z";
  return new Date(timeMs).toISOString().replace(/\.?0*Z$/, "Z");
}

function notFinite(value: number): string {
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

/** JavaScript writes `1e-7`, Go `1e-07`. */
function twoDigitExponent(text: string): string {
  return text.includes("e") ? text.replace(/e([+-])(\d)$/, "e$10$2") : text;
}
