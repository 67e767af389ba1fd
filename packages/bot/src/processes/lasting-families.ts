/**
 * What of a process outlives it: what it has counted. A counter that fell because a worker ended would look to Prometheus
 * like a reset, which it makes up for with an increase that never was. Gauges go, as they told of something that is no more.
 */
import type { Family } from "../registry/family.ts";

export function lastingFamilies(families: readonly Family[]): Family[] {
  return families.flatMap((family): Family[] => {
    switch (family.type) {
      case "counter":
      case "histogram":
        return [family];
      case "summary":
        // Quantiles are of a sliding window: they end with the process.
        return [{ ...family, series: family.series.map((series) => ({ ...series, quantiles: [] })) }];
      default:
        return [];
    }
  });
}

/** How many series sets these families have. */
export function seriesCount(families: readonly Family[]): number {
  return families.reduce((count, family) => count + family.series.length, 0);
}
