/**
 * Families as they travel between processes, which may write them as JSON: that knows neither `NaN` nor infinities, so
 * those travel as text. Reading trusts nothing: whatever comes out is sound, and within the limits.
 */
import type { Exemplar } from "../instruments/exemplar.ts";
import { exemplarFault } from "../instruments/exemplar.ts";
import { bucketsFault } from "../instruments/histogram.ts";
import type { Aggregation, MetricType } from "../instruments/instrument.ts";
import type { Family, HistogramSeries, ScalarSeries, SummarySeries } from "../registry/family.ts";
import { isRecord } from "./message.ts";

/** Most metrics accepted from one process. */
export const MAX_FAMILIES_PER_MEMBER = 2000;

/** Most series sets, all metrics together, accepted from one process. */
export const MAX_SERIES_PER_MEMBER = 50_000;

/** Most quantiles of a summary. */
const MAX_QUANTILES = 256;

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
const TYPES: ReadonlySet<unknown> = new Set<MetricType>([
  "counter",
  "gauge",
  "histogram",
  "info",
  "stateset",
  "unknown",
  "summary",
]);
const AGGREGATIONS: ReadonlySet<unknown> = new Set<Aggregation>(["sum", "min", "max", "average", "first", "omit"]);

/** What a process sent: its families, or why they are refused. */
export type DecodedFamilies =
  | { readonly kind: "families"; readonly families: readonly Family[] }
  | { readonly kind: "refused"; readonly why: string };

/** Ready for any channel. */
export function encodeFamilies(families: readonly Family[]): unknown {
  return families.map((family) => {
    switch (family.type) {
      case "histogram":
        return { ...family, series: family.series.map((series) => withSum(series)) };
      case "summary":
        return {
          ...family,
          series: family.series.map((series) => ({
            ...withSum(series),
            quantiles: series.quantiles.map(({ quantile, value }) => ({ quantile, value: encodeNumber(value) })),
          })),
        };
      default:
        return {
          ...family,
          series: family.series.map((series) =>
            Number.isFinite(series.value) ? series : { ...series, value: encodeNumber(series.value) },
          ),
        };
    }
  });
}

function withSum<S extends { readonly sum: number }>(series: S): Omit<S, "sum"> & { readonly sum: unknown } {
  return Number.isFinite(series.sum) ? series : { ...series, sum: encodeNumber(series.sum) };
}

function encodeNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** What {@link encodeFamilies} made, checked. Refused as a whole if any of it is unsound: half a snapshot would mislead. */
export function decodeFamilies(received: unknown): DecodedFamilies {
  if (!Array.isArray(received)) return refused("it is no list of metrics");
  if (received.length > MAX_FAMILIES_PER_MEMBER) {
    return refused(`it has ${received.length} metrics, more than ${MAX_FAMILIES_PER_MEMBER}`);
  }
  const reader = new FamilyReader();
  const families: Family[] = [];
  for (const one of received) {
    const family = reader.read(one);
    if (typeof family === "string") return refused(family);
    families.push(family);
  }
  return { kind: "families", families };
}

function refused(why: string): DecodedFamilies {
  return { kind: "refused", why };
}

/** Reads the metrics of one message. Each part comes back read, or, where it is unsound, as a text that says why. */
class FamilyReader {
  #series = 0;
  /** Label names seen and found sound: each is checked once a message. */
  readonly #labelNames = new Set<string>();

  read(value: unknown): Family | string {
    if (!isRecord(value)) return "a metric is no object";
    const { name, help, unit, type, aggregation, series } = value;
    if (typeof name !== "string" || !METRIC_NAME.test(name)) return `a metric is named ${short(name)}`;
    if (typeof help !== "string") return `metric "${name}" has no help text`;
    if (unit !== undefined && unit !== null && typeof unit !== "string")
      return `metric "${name}" has a unit that is no text`;
    if (!isAggregation(aggregation)) return `metric "${name}" is to be merged by ${short(aggregation)}`;
    if (!isType(type)) return `metric "${name}" is a ${short(type)}`;
    if (!Array.isArray(series)) return `metric "${name}" has no list of series`;
    this.#series += series.length;
    if (this.#series > MAX_SERIES_PER_MEMBER) return `it has more than ${MAX_SERIES_PER_MEMBER} series`;
    const head = { name, help, unit: unit ?? undefined, aggregation };
    if (type === "histogram") {
      const read = each(series, (one) => this.#histogram(one));
      return typeof read === "string" ? `metric "${name}": ${read}` : { ...head, type, series: read };
    }
    if (type === "summary") {
      const read = each(series, (one) => this.#summary(one));
      return typeof read === "string" ? `metric "${name}": ${read}` : { ...head, type, series: read };
    }
    const read = each(series, (one) => this.#scalar(one));
    return typeof read === "string" ? `metric "${name}": ${read}` : { ...head, type, series: read };
  }

  #scalar(value: unknown): ScalarSeries | string {
    if (!isRecord(value)) return "a series is no object";
    const labels = this.#labels(value["labels"]);
    if (typeof labels === "string") return labels;
    const number = readNumber(value["value"]);
    if (number === undefined) return `a value is ${short(value["value"])}`;
    return {
      labels,
      value: number,
      createdMs: readTime(value["createdMs"]),
      exemplar: readExemplar(value["exemplar"]),
    };
  }

  #histogram(value: unknown): HistogramSeries | string {
    if (!isRecord(value)) return "a series is no object";
    const labels = this.#labels(value["labels"], "le");
    if (typeof labels === "string") return labels;
    const { bounds, counts, exemplars } = value;
    if (!isNumbers(bounds)) return "its bounds are no list of numbers";
    const fault = bounds.length === 0 ? undefined : bucketsFault(bounds);
    if (fault !== undefined) return fault;
    if (!isNumbers(counts) || counts.length !== bounds.length + 1 || counts.some((count) => !(count >= 0))) {
      return "its counts do not fit its bounds";
    }
    const sum = readNumber(value["sum"]);
    if (sum === undefined) return `a sum is ${short(value["sum"])}`;
    return {
      labels,
      bounds,
      counts,
      sum,
      createdMs: readTime(value["createdMs"]),
      exemplars: Array.isArray(exemplars) ? counts.map((_, bucket) => readExemplar(exemplars[bucket])) : undefined,
    };
  }

  #summary(value: unknown): SummarySeries | string {
    if (!isRecord(value)) return "a series is no object";
    const labels = this.#labels(value["labels"], "quantile");
    if (typeof labels === "string") return labels;
    const sum = readNumber(value["sum"]);
    const count = readNumber(value["count"]);
    if (sum === undefined || count === undefined) return "a summary has no sum or count";
    if (!Array.isArray(value["quantiles"]) || value["quantiles"].length > MAX_QUANTILES)
      return "its quantiles are no list";
    const quantiles = each(value["quantiles"], readQuantile);
    return typeof quantiles === "string" ? quantiles : { labels, quantiles, sum, count };
  }

  #labels(value: unknown, reserved?: string): Record<string, string> | string {
    if (!isRecord(value)) return "a series has no labels";
    const labels: Record<string, string> = {};
    for (const [name, text] of Object.entries(value)) {
      if (!this.#labelNames.has(name)) {
        if (!LABEL_NAME.test(name)) return `a label is named ${short(name)}`;
        this.#labelNames.add(name);
      }
      if (name === reserved) return `it has a label "${reserved}"`;
      if (typeof text !== "string") return `label "${name}" is ${short(text)}`;
      labels[name] = text.toWellFormed();
    }
    return labels;
  }
}

function readQuantile(value: unknown): SummarySeries["quantiles"][number] | string {
  if (!isRecord(value)) return "a quantile is no object";
  const quantile = readNumber(value["quantile"]);
  const number = readNumber(value["value"]);
  return quantile === undefined || number === undefined ? "a quantile is no number" : { quantile, value: number };
}

/** An unsound exemplar costs itself only: the number beside it is no worse for it. */
function readExemplar(value: unknown): Exemplar | undefined {
  if (!isRecord(value) || !isRecord(value["labels"])) return undefined;
  const number = readNumber(value["value"]);
  const timestampMs = readTime(value["timestampMs"]);
  const labels = Object.entries(value["labels"]);
  if (number === undefined || timestampMs === undefined || !labels.every(isTextEntry)) return undefined;
  const exemplar = { labels: Object.fromEntries(labels), value: number, timestampMs };
  return exemplarFault(exemplar.labels) === undefined ? exemplar : undefined;
}

/** All read, or why the first unsound one is. */
function each<T extends object>(values: readonly unknown[], read: (value: unknown) => T | string): T[] | string {
  const all: T[] = [];
  for (const value of values) {
    const one = read(value);
    if (typeof one === "string") return one;
    all.push(one);
  }
  return all;
}

function readNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : undefined;
}

function readTime(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((one) => typeof one === "number");
}

function isTextEntry(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === "string";
}

function isType(value: unknown): value is MetricType {
  return TYPES.has(value);
}

function isAggregation(value: unknown): value is Aggregation {
  return AGGREGATIONS.has(value);
}

/** For a message: what was received may be anything, of any length. */
function short(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : typeof value;
}
