/**
 * Reads what prom-client's `getMetricsAsJSON` gives. Trusts none of it: its label values may be numbers, booleans or
 * missing, label objects may have been changed by the bot after use, and default labels are not checked at all. What would
 * make the exposition unreadable is left out and told; all else stays.
 */
import { MetricError } from "../errors.ts";
import { type Exemplar, exemplarFault } from "../instruments/exemplar.ts";
import type { Aggregation } from "../instruments/instrument.ts";
import { labelKey } from "../processes/label-key.ts";
import { isRecord } from "../processes/message.ts";
import type { Tell } from "../processes/teller.ts";
import type { Family, HistogramSeries, ScalarSeries, SummarySeries } from "../registry/family.ts";

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

type Labels = Readonly<Record<string, string>>;

/** One value as they give it, its labels read. */
interface Sample {
  /** With the suffix `_bucket`, `_sum` or `_count` where it is part of a histogram or summary. */
  readonly name: string;
  readonly labels: Labels;
  /** The label that is a number in its own right: a bucket's `le`, a quantile's `quantile`. */
  readonly position: number | undefined;
  readonly value: number;
  readonly exemplar: Exemplar | undefined;
}

/**
 * @param metrics what `getMetricsAsJSON` gave
 * @param counterName the name of a counter whose name does not end in `_total`
 * @param tell told of what is left out
 */
export function promClientFamilies(
  metrics: readonly unknown[],
  counterName: (name: string) => string,
  tell: Tell,
): Family[] {
  return metrics.flatMap((metric): Family[] => {
    if (!isRecord(metric)) return [];
    const { name: given, help, type, aggregator, values } = metric;
    if (typeof given !== "string" || !METRIC_NAME.test(given) || !Array.isArray(values)) {
      tell(leftOut(String(given), "it is not a metric that can be shown"));
      return [];
    }
    const name = type === "counter" ? counterName(given) : given;
    const head = { name, help: typeof help === "string" ? help : "", aggregation: aggregationOf(aggregator) };
    const spoils = (why: string): void => tell(leftOut(name, why));
    switch (type) {
      case "histogram":
        return [{ ...head, type, series: histograms(given, readSamples(values, given, "le", spoils), spoils) }];
      case "summary":
        return [{ ...head, type, series: summaries(given, readSamples(values, given, "quantile", spoils)) }];
      default: {
        const series = scalars(readSamples(values, given, undefined, spoils), spoils);
        return [{ ...head, type: type === "counter" || type === "gauge" ? type : "unknown", series }];
      }
    }
  });
}

function scalars(samples: readonly Sample[], spoils: (why: string) => void): ScalarSeries[] {
  const series = new Map<string, ScalarSeries>();
  for (const { labels, value, exemplar } of samples) {
    const key = labelKey(labels);
    if (series.has(key)) spoils("two of its series have the same labels");
    else series.set(key, { labels, value, exemplar });
  }
  return [...series.values()];
}

function histograms(name: string, samples: readonly Sample[], spoils: (why: string) => void): HistogramSeries[] {
  return [...bySeries(samples).values()].flatMap((parts) => {
    const series = histogram(name, parts);
    if (series === undefined) spoils("the buckets of one of its series do not add up");
    return series ?? [];
  });
}

/** Theirs are cumulative, in the order of their definition, which may be any. */
function histogram(name: string, samples: readonly Sample[]): HistogramSeries | undefined {
  const cumulative = new Map<number, Sample>();
  let sum = 0;
  let count = 0;
  let labels: Labels = {};
  for (const sample of samples) {
    if (sample.name === `${name}_sum`) sum = sample.value;
    else if (sample.name === `${name}_count`) count = sample.value;
    // Of a bound that was defined twice, the second counts double. That of +Inf comes last, and is right.
    else if (
      sample.position !== undefined &&
      (sample.position === Number.POSITIVE_INFINITY || !cumulative.has(sample.position))
    ) {
      cumulative.set(sample.position, sample);
    }
    labels = sample.labels;
  }
  const buckets = [...cumulative].sort(([a], [b]) => a - b).map(([, sample]) => sample);
  if (buckets.at(-1)?.position !== Number.POSITIVE_INFINITY || buckets.at(-1)?.value !== count) return undefined;
  const counts = buckets.map((bucket, place) => bucket.value - (buckets[place - 1]?.value ?? 0));
  if (counts.some((inBucket) => !(inBucket >= 0))) return undefined;
  return {
    labels,
    bounds: [...cumulative.keys()].sort((a, b) => a - b).slice(0, -1),
    counts,
    sum,
    exemplars: buckets.some((bucket) => bucket.exemplar !== undefined)
      ? buckets.map((bucket) => bucket.exemplar)
      : undefined,
  };
}

function summaries(name: string, samples: readonly Sample[]): SummarySeries[] {
  return [...bySeries(samples).values()].map((parts) => {
    const quantiles = parts.flatMap(({ position, value }) =>
      position === undefined ? [] : { quantile: position, value },
    );
    const of = (suffix: string): Sample | undefined => parts.find((part) => part.name === `${name}_${suffix}`);
    return {
      labels: parts[0]?.labels ?? {},
      quantiles,
      sum: of("sum")?.value ?? 0,
      count: of("count")?.value ?? 0,
    };
  });
}

function bySeries(samples: readonly Sample[]): Map<string, Sample[]> {
  const series = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = labelKey(sample.labels);
    const parts = series.get(key);
    if (parts === undefined) series.set(key, [sample]);
    else parts.push(sample);
  }
  return series;
}

/** @param positionLabel of histograms and summaries, the label that is a number in its own right */
function readSamples(
  values: readonly unknown[],
  metric: string,
  positionLabel: string | undefined,
  spoils: (why: string) => void,
): Sample[] {
  return values.flatMap((given): Sample[] => {
    const { value, metricName, exemplar, labels: givenLabels } = isRecord(given) ? given : {};
    if (typeof value !== "number") {
      spoils("one of its values is no number");
      return [];
    }
    const labels: Record<string, string> = {};
    let position: number | undefined;
    for (const [label, labelValue] of Object.entries(isRecord(givenLabels) ? givenLabels : {})) {
      if (label === positionLabel) {
        position = labelValue === "+Inf" ? Number.POSITIVE_INFINITY : Number(labelValue);
        continue;
      }
      const text = labelText(labelValue);
      if (text === undefined) continue;
      if (LABEL_NAME.test(label)) labels[label] = text;
      else spoils(`its label ${JSON.stringify(label)} is not a valid label name`);
    }
    if (Number.isNaN(position)) {
      spoils(`one of its values has no "${positionLabel}" that is a number`);
      return [];
    }
    const name = typeof metricName === "string" ? metricName : metric;
    return [{ name, labels, position, value, exemplar: readExemplar(exemplar) }];
  });
}

/** As they write it; `undefined` for a label that was not given. */
function labelText(value: unknown): string | undefined {
  if (typeof value === "string") return value.toWellFormed();
  if (value === undefined) return undefined;
  try {
    return String(value).toWellFormed();
  } catch {
    return typeof value; // an object that cannot be made text
  }
}

/** An exemplar that they began and never filled has the value `null` and no time. */
function readExemplar(given: unknown): Exemplar | undefined {
  if (!isRecord(given) || !isRecord(given["labelSet"])) return undefined;
  const { value, timestamp, labelSet } = given;
  if (typeof value !== "number" || typeof timestamp !== "number" || !Number.isFinite(timestamp)) return undefined;
  const labels = Object.fromEntries(Object.entries(labelSet).map(([label, text]) => [label, labelText(text) ?? ""]));
  const exemplar = { labels, value, timestampMs: Math.round(timestamp * 1000) };
  return exemplarFault(labels) === undefined ? exemplar : undefined;
}

function aggregationOf(aggregator: unknown): Aggregation {
  switch (aggregator) {
    case "min":
    case "max":
    case "average":
    case "first":
    case "omit":
      return aggregator;
    default:
      return "sum";
  }
}

function leftOut(metric: string, why: string): MetricError {
  return new MetricError("FOREIGN_METRIC", `prom-client's metric "${metric}": ${why}`, {
    metric,
    hint: "It is left out, the rest is shown: see where the bot records it",
  });
}
