/**
 * Which series belong to one metric family, and in which order a dump has them. The rules are OpenMetrics's: a counter's family
 * is named without `_total`, a histogram's buckets, count and sum stand together.
 */
import { type Labels, METRIC_NAME, type Metadata } from "@haltwatch/store";

/** Series that differ in their bucket or quantile only: one histogram or summary. Of other types each series is by itself. */
export type SeriesGroup = readonly Labels[];

export interface DumpFamily {
  readonly name: string;
  /** What the store knows of it, as OpenMetrics allows it to be said. */
  readonly metadata: Metadata | undefined;
  readonly groups: readonly SeriesGroup[];
}

/** What a type's samples are called beside their family. Source: OpenMetrics 1.0, "Suffixes". */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ["_total", "_created"],
  histogram: ["_bucket", "_count", "_sum", "_created"],
  gaugehistogram: ["_bucket", "_gcount", "_gsum"],
  summary: ["_count", "_sum", "_created"],
  info: ["_info"],
};

/** Types whose samples at one time stand together, and the label that tells them apart. */
const BOUND_LABELS: Readonly<Record<string, string>> = {
  histogram: "le",
  gaugehistogram: "le",
  summary: "quantile",
};

const TOTAL = "_total";

/** Families in the order of their names, with their series in the order of their labels. */
export function familiesOf(series: readonly Labels[], metadata: ReadonlyMap<string, Metadata>): DumpFamily[] {
  const byName = Map.groupBy(series, (labels) => labels.get(METRIC_NAME));
  const known = sayable(new Set(byName.keys()), metadata);
  const names = Map.groupBy(byName.keys(), (name) => familyOf(name, known));
  return [...names]
    .map(([name, metrics]) => {
      const described = known.get(name);
      const members = metrics.flatMap((metric) => byName.get(metric) ?? []);
      return { name, metadata: described, groups: groupsOf(members, name, described?.type ?? "unknown") };
    })
    .sort((a, b) => compare(a.name, b.name));
}

function familyOf(metric: string, known: ReadonlyMap<string, Metadata>): string {
  if (known.has(metric)) return metric;
  for (const suffix of ALL_SUFFIXES) {
    if (!metric.endsWith(suffix)) continue;
    const family = metric.slice(0, -suffix.length);
    if (SUFFIXES[known.get(family)?.type ?? "unknown"]?.includes(suffix) === true) return family;
  }
  return metric;
}

const ALL_SUFFIXES = [...new Set(Object.values(SUFFIXES).flat())];

/**
 * The text format names counters with `_total`, and knows counters without. As prometheus/common does (expfmt,
 * openmetrics_create.go), the former lose it, if no other metric has that name, and the latter are of no known type.
 */
function sayable(metrics: ReadonlySet<string>, metadata: ReadonlyMap<string, Metadata>): ReadonlyMap<string, Metadata> {
  const known = new Map<string, Metadata>();
  for (const [name, described] of metadata) {
    if (described.type !== "counter") known.set(name, described);
    else if (!metrics.has(name)) known.set(name, described);
    else if (!name.endsWith(TOTAL)) known.set(name, { ...described, type: "unknown" });
    else {
      const family = name.slice(0, -TOTAL.length);
      const other = metadata.get(family);
      if (metrics.has(family) || (other !== undefined && other.type !== "counter")) {
        known.set(name, { ...described, type: "unknown" });
      } else if (other === undefined) known.set(family, described);
    }
  }
  return known;
}

function groupsOf(series: readonly Labels[], family: string, type: string): SeriesGroup[] {
  const bound = BOUND_LABELS[type];
  if (bound === undefined) return series.toSorted(byLabels).map((labels) => [labels]);
  const apart = new Set([METRIC_NAME, bound]);
  const groups = Map.groupBy(series, (labels) => labels.drop(apart).key);
  return [...groups]
    .sort(([a], [b]) => compare(a, b))
    .map(([, members]) =>
      members.toSorted(
        (a, b) => rank(a, family) - rank(b, family) || boundOf(a, bound) - boundOf(b, bound) || byLabels(a, b),
      ),
    );
}

/** Buckets and quantiles, then count and sum. */
function rank(labels: Labels, family: string): number {
  const suffix = labels.get(METRIC_NAME).slice(family.length);
  return ["", "_bucket", "_count", "_gcount", "_sum", "_gsum", "_created"].indexOf(suffix);
}

/** What is no number goes last. */
function boundOf(labels: Labels, label: string): number {
  const text = labels.get(label);
  const value = text === "" ? Number.NaN : Number(text.replace(/^\+?Inf$/, "Infinity"));
  return Number.isNaN(value) ? Number.MAX_VALUE : Math.min(value, Number.MAX_VALUE);
}

function byLabels(a: Labels, b: Labels): number {
  return compare(a.get(METRIC_NAME), b.get(METRIC_NAME)) || compare(a.key, b.key);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
