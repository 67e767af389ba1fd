/** How a dump writes what it holds: OpenMetrics 1.0 as Prometheus reads it, to the last digit and the millisecond. */
import { type Labels, METRIC_NAME, type Metadata, type StoredSeries } from "@haltwatch/store";
import { STALE_EXEMPLAR } from "./stale-exemplar.ts";

/** Values are written so many at a time: see {@link SeriesLines}. */
const VALUES_AT_ONCE = 256;

const PLAIN_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const PLAIN_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** `# TYPE`, `# UNIT`, `# HELP`, as far as there is something to say. A unit must be the end of the family's name. */
export function familyHead(family: string, metadata: Metadata | undefined): string {
  if (metadata === undefined) return "";
  const name = PLAIN_METRIC.test(family) ? family : quoted(family);
  const unit = family.endsWith(`_${metadata.unit}`) && metadata.unit !== "" ? `# UNIT ${name} ${metadata.unit}\n` : "";
  const help = metadata.help === "" ? "" : `# HELP ${name} ${escaped(metadata.help)}\n`;
  return `# TYPE ${name} ${metadata.type}\n${unit}${help}`;
}

/** `name{label="value"}`; names that are not plain stand in quotes within the braces, as in Prometheus 3. */
function seriesText(labels: Labels): string {
  const metric = labels.get(METRIC_NAME);
  const isPlain = PLAIN_METRIC.test(metric);
  const parts = isPlain ? [] : [quoted(metric)];
  for (const [name, value] of labels) {
    if (name !== METRIC_NAME) parts.push(`${PLAIN_LABEL.test(name) ? name : quoted(name)}=${quoted(value)}`);
  }
  const braces = parts.length === 0 ? "" : `{${parts.join(",")}}`;
  return isPlain ? `${metric}${braces}` : braces;
}

function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\"\n]/g, (character) => (character === "\n" ? "\\n" : `\\${character}`));
}

/** Lines of one series, in order of time. */
export class SeriesLines {
  readonly #series: StoredSeries;
  readonly #before: string;
  #at = 0;
  /** Texts of the next values. JSON.stringify takes a fraction of the time for many that it takes for one by one. */
  #texts: readonly string[] = [];
  #textsFrom = 0;

  constructor(series: StoredSeries) {
    this.#series = series;
    this.#before = `${seriesText(series.labels)} `;
  }

  /** Unix milliseconds; infinite behind the last. */
  get timeMs(): number {
    return this.#series.times[this.#at] ?? Number.POSITIVE_INFINITY;
  }

  get isStale(): boolean {
    return this.#series.stale?.[this.#at] === 1;
  }

  /** Goes on without a line. */
  skip(): void {
    this.#at++;
  }

  /** @param time the sample's time as it is written */
  next(time: string): string {
    const isStale = this.isStale;
    const at = this.#at++;
    if (isStale) return `${this.#before}NaN ${time}${STALE_EXEMPLAR}\n`;
    if (at >= this.#textsFrom + this.#texts.length) this.#write(at);
    return `${this.#before}${this.#texts[at - this.#textsFrom]} ${time}\n`;
  }

  #write(from: number): void {
    const values = this.#series.values.subarray(from, from + VALUES_AT_ONCE);
    const texts = JSON.stringify(Array.from(values)).slice(1, -1).split(",");
    // JSON has no word for NaN and infinities, and no sign for zero.
    for (const [index, value] of values.entries()) {
      if (value === 0 || !Number.isFinite(value)) texts[index] = specialNumber(value);
    }
    this.#texts = texts;
    this.#textsFrom = from;
  }
}

function specialNumber(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

/** Milliseconds as seconds. Who reads them multiplies by 1000 and cuts off: what would be cut to one less gets a digit more. */
export function secondsText(timeMs: number): string {
  const sign = timeMs < 0 ? "-" : "";
  const size = Math.abs(timeMs);
  const rest = size % 1000;
  const whole = (size - rest) / 1000;
  if (rest === 0) return `${sign}${whole}`;
  const digits = rest < 10 ? `00${rest}` : rest < 100 ? `0${rest}` : `${rest}`;
  const isExact = Math.trunc(1000 * (size / 1000)) === size;
  return `${sign}${whole}.${digits}${isExact ? "" : "1"}`;
}
