/** What whoever evaluates queries reads samples from: the store, or something that looks like it. */
import type { Labels } from "./labels/labels.ts";
import type { LabelMatcher } from "./labels/matcher.ts";

/** One series' samples in columns, times ascending, each time once. The arrays are read, never written. */
export interface StoredSeries {
  readonly labels: Labels;
  /** Unix milliseconds. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** 1 where the series went stale: a NaN's payload does not survive in JavaScript, so it is marked beside the value. */
  readonly stale: Uint8Array | undefined;
  /** It holds native histograms, which are not evaluated yet. */
  readonly isNativeHistogram?: boolean | undefined;
}

export interface SeriesReader {
  /** Series that all matchers match, with at least their samples from `minMs` (exclusive) to `maxMs` (inclusive). */
  select(matchers: readonly LabelMatcher[], minMs: number, maxMs: number): readonly StoredSeries[];
}
