/** Numbers and strings as Go prints them, which is how Prometheus shows them. */

/** `1e+06`, `0.5`, `+Inf`: Go's `strconv.FormatFloat(value, 'g', -1, 64)` with its exponents from 21 digits on. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (Object.is(value, -0)) return "-0";
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  // Go's %g turns to exponents below -4 and from 21 on; JavaScript's own text is the shortest that reads back.
  const [mantissa = "", power] = value.toExponential().split("e");
  if (exponent >= -4 && Number(power) >= -4 && Number(power) < 21) return plain(value);
  const size = Math.abs(Number(power));
  return `${mantissa}e${Number(power) < 0 ? "-" : "+"}${size < 10 ? "0" : ""}${size}`;
}

/** Without an exponent, whatever its size. */
function plain(value: number): string {
  const text = String(value);
  if (!text.includes("e")) return text;
  const [mantissa = "", power = "0"] = text.split("e");
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const digits = `${"0".repeat(Math.max(0, -Number(power)))}${whole}${fraction}`;
  const sign = value < 0 ? "-" : "";
  return `${sign}${digits[0]}.${digits.slice(1)}`;
}

/** Go's `strconv.FormatFloat(value, 'f', -1, 64)`: never an exponent. */
export function plainNumber(value: number): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  const text = String(value);
  if (!text.includes("e")) return Object.is(value, -0) ? "-0" : text;
  return Math.abs(value) >= 1
    ? BigInt(value).toString()
    : value.toFixed(Math.min(100, 20 - Math.floor(Math.log10(Math.abs(value))))).replace(/0+$/, "");
}

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

/** In double quotes, with Go's escapes. Source: Go, strconv.Quote. */
export function quote(text: string): string {
  let quoted = "";
  for (const character of text) {
    const escaped = ESCAPES.get(character);
    if (escaped !== undefined) quoted += escaped;
    else if (/[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/u.test(character)) quoted += escapeCode(character);
    else quoted += character;
  }
  return `"${quoted}"`;
}

function escapeCode(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x80) return `\\x${point.toString(16).padStart(2, "0")}`;
  return point < 0x10000 ? `\\u${point.toString(16).padStart(4, "0")}` : `\\U${point.toString(16).padStart(8, "0")}`;
}
