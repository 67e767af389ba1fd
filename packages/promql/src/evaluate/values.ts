/** What expressions evaluate to, in columns: one array over all steps for each series, no object for a sample. */
import type { Labels } from "@haltwatch/store/labels";
import type { ExtendedRange } from "../ast.ts";

/** One series of an instant vector, over all steps. */
export interface VectorSeries {
  readonly labels: Labels;
  /** The metric's name is to go when the query ends: see `delayedNameRemoval`. */
  readonly dropsName: boolean;
  readonly values: Float64Array;
  /** 1 at the steps where there is a value: NaN is a value, too. */
  readonly present: Uint8Array;
}

export type Vector = { readonly type: "vector"; readonly series: readonly VectorSeries[] };
export type Scalar = { readonly type: "scalar"; readonly values: Float64Array };
type Text = { readonly type: "string"; readonly value: string };

/** One series of a range vector: its samples, of which each step sees a window. */
export interface RangeSeries {
  readonly labels: Labels;
  readonly dropsName: boolean;
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Since when each sample counts, milliseconds; 0 where that is unknown. */
  readonly starts: Float64Array | undefined;
}

/** The range itself, within a window that reaches further, milliseconds. */
export interface Edges {
  readonly startMs: number;
  readonly endMs: number;
  readonly extended: ExtendedRange;
}

/** A range vector. At each step, a series' window is its samples from (end − range) exclusive to end inclusive. */
export interface Ranges {
  readonly series: readonly RangeSeries[];
  readonly rangeMs: number;
  /** End of the window by step, milliseconds. */
  readonly ends: Float64Array;
  /** Of an `anchored` or `smoothed` range, which lies within its windows: its edges by step. */
  readonly edges?: ((step: number) => Edges) | undefined;
}

export type Value = Vector | Scalar | Text;

/** A series with no value anywhere, to be filled. */
export function emptySeries(labels: Labels, dropsName: boolean, steps: number): VectorSeries {
  return { labels, dropsName, values: new Float64Array(steps), present: new Uint8Array(steps) };
}

export function isAnywherePresent(series: VectorSeries): boolean {
  return series.present.includes(1);
}
