/** Where the evaluator reads samples from. */
import type { LabelMatcher } from "../ast.ts";
import type { Labels } from "../labels/labels.ts";

/** One series' samples in columns, times ascending, each time once. */
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

export interface Storage {
  /** Series that all matchers match, with at least their samples from `minMs` (exclusive) to `maxMs` (inclusive). */
  select(matchers: readonly LabelMatcher[], minMs: number, maxMs: number): readonly StoredSeries[];
}
