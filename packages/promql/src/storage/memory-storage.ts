/** Samples in memory, for tests and for rule unit tests. */

import type { SeriesReader, StoredSeries } from "@haltwatch/store";
import { compileMatcher, type LabelMatcher, type Labels } from "@haltwatch/store/labels";

/** A value, a staleness marker, or a native histogram (whose content is not read yet). */
export type MemorySample = number | "stale" | "histogram";

interface GrowingSeries {
  readonly labels: Labels;
  readonly times: number[];
  readonly values: number[];
  readonly stale: number[];
  readonly starts: number[];
  isNativeHistogram: boolean;
  columns: (StoredSeries & { readonly starts: Float64Array | undefined }) | undefined;
}

export class MemoryStorage implements SeriesReader {
  readonly #series = new Map<string, GrowingSeries>();

  /**
   * Adds a sample. One at the time of another takes its place.
   *
   * @param startMs since when it counts, Unix milliseconds; 0 if that is unknown
   */
  append(labels: Labels, timeMs: number, sample: MemorySample, startMs = 0): void {
    let series = this.#series.get(labels.key);
    if (series === undefined) {
      series = { labels, times: [], values: [], stale: [], starts: [], isNativeHistogram: false, columns: undefined };
      this.#series.set(labels.key, series);
    }
    series.columns = undefined;
    if (sample === "histogram") series.isNativeHistogram = true;
    let at = series.times.length;
    while (at > 0 && (series.times[at - 1] ?? 0) >= timeMs) at -= 1;
    const replaced = series.times[at] === timeMs ? 1 : 0;
    series.times.splice(at, replaced, timeMs);
    series.values.splice(at, replaced, typeof sample === "number" ? sample : Number.NaN);
    series.stale.splice(at, replaced, sample === "stale" ? 1 : 0);
    series.starts.splice(at, replaced, startMs);
  }

  clear(): void {
    this.#series.clear();
  }

  select(matchers: readonly LabelMatcher[]): readonly StoredSeries[] {
    const tests = matchers.map((matcher) => ({ name: matcher.name, matches: compileMatcher(matcher) }));
    const found: StoredSeries[] = [];
    for (const series of this.#series.values()) {
      if (!tests.every(({ name, matches }) => matches(series.labels.get(name)))) continue;
      series.columns ??= {
        labels: series.labels,
        times: Float64Array.from(series.times),
        values: Float64Array.from(series.values),
        stale: series.stale.includes(1) ? Uint8Array.from(series.stale) : undefined,
        starts: series.starts.some((start) => start !== 0) ? Float64Array.from(series.starts) : undefined,
        isNativeHistogram: series.isNativeHistogram,
      };
      found.push(series.columns);
    }
    return found;
  }
}
