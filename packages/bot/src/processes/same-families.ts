/** Whether two snapshots of one process tell the same, so that what has not changed is not sent again. */
import type { Family, HistogramSeries, ScalarSeries, SummarySeries } from "../registry/family.ts";

export function sameFamilies(a: readonly Family[], b: readonly Family[]): boolean {
  return a.length === b.length && a.every((family, place) => isSameFamily(family, b[place]));
}

function isSameFamily(a: Family, b: Family | undefined): boolean {
  if (b === undefined || a.name !== b.name || a.type !== b.type || a.series.length !== b.series.length) return false;
  return a.series.every((series, place) => isSameSeries(series, b.series[place]));
}

type AnySeries = ScalarSeries | HistogramSeries | SummarySeries;

function isSameSeries(a: AnySeries, b: AnySeries | undefined): boolean {
  if (b === undefined || !isSameLabels(a.labels, b.labels)) return false;
  if ("value" in a) return "value" in b && Object.is(a.value, b.value);
  if ("value" in b || !Object.is(a.sum, b.sum)) return false;
  if ("counts" in a) return "counts" in b && a.counts.every((count, bucket) => count === b.counts[bucket]);
  return "count" in b && a.count === b.count;
}

function isSameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
