/** The two text formats, how a scraper asks for them, and how numbers and strings are written in them. */

/** `text`: Prometheus text format 0.0.4. `openmetrics`: OpenMetrics 1.0.0. */
export type ExpositionFormat = "text" | "openmetrics";

export const TEXT_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
export const OPENMETRICS_CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

export function contentTypeOf(format: ExpositionFormat): string {
  return format === "openmetrics" ? OPENMETRICS_CONTENT_TYPE : TEXT_CONTENT_TYPE;
}

/** A number as both formats read it back to the same double. */
export function formatNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return `${value}`;
}

/**
 * What {@link formatNumber} gives for each of these.
 *
 * JSON.stringify writes numbers as JavaScript prints them, and a few hundred at once take it 60 ns each. One by one, each
 * would go through V8's cache of number strings, where values that change are never found: 100 to 200 ns.
 */
export function formatNumbers(values: readonly number[]): string[] {
  if (values.length === 0) return [];
  const texts = JSON.stringify(values).slice(1, -1).split(",");
  // JSON has no word for infinities and NaN.
  for (let i = 0; i < texts.length; i++) if (texts[i] === "null") texts[i] = formatNumber(values[i] as number); // as many
  return texts;
}

/** `0` … `999`, and the same with leading zeros: three digits of a whole number each. */
const DIGITS: readonly string[] = Array.from({ length: 1000 }, (_, number) => String(number));
const PADDED_DIGITS: readonly string[] = DIGITS.map((digits) => digits.padStart(3, "0"));

/** {@link putNumber} takes these from a table. */
export function isSmallCount(value: number): boolean {
  return (value | 0) === value && value >= 0 && value < 1_000_000;
}

/**
 * Puts what {@link formatNumber} gives among the parts of a text, in one part or two; gives the place after them.
 *
 * Counts below a million, as most are, need no new string: 5 ns, where a number that V8 has not in its cache of strings
 * takes 50 ns. It empties that cache at each full collection.
 */
export function putNumber(parts: string[], at: number, value: number): number {
  if (!isSmallCount(value)) {
    parts[at] = formatNumber(value);
    return at + 1;
  }
  if (value < 1000) {
    parts[at] = DIGITS[value] as string; // in range
    return at + 1;
  }
  const thousands = (value / 1000) | 0;
  parts[at] = DIGITS[thousands] as string; // both in range
  parts[at + 1] = PADDED_DIGITS[value - 1000 * thousands] as string;
  return at + 2;
}

/** A time in seconds, from milliseconds, without the noise of a division: 1723161254024 gives `1723161254.024`. */
export function formatSeconds(ms: number): string {
  const whole = Math.trunc(ms / 1000);
  const rest = Math.abs(Math.trunc(ms % 1000));
  return rest === 0 ? `${whole}` : `${whole}.${String(rest).padStart(3, "0")}`;
}

/** A label's value between its quotes: the same in both formats. */
export function escapeLabelValue(value: string): string {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** Help text; OpenMetrics escapes quotes too. A carriage return would end the line for some readers. */
export function escapeHelp(help: string, format: ExpositionFormat): string {
  const escaped = help.toWellFormed().replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", " ");
  return format === "openmetrics" ? escaped.replaceAll('"', '\\"') : escaped;
}

/** `{a="1",b="2"}`, or nothing where there are no labels. */
export function renderLabels(labels: Iterable<readonly [name: string, value: string]>): string {
  let text = "";
  for (const [name, value] of labels) {
    text += `${text === "" ? "{" : ","}${name}="${escapeLabelValue(value.toWellFormed())}"`;
  }
  return text === "" ? "" : `${text}}`;
}
