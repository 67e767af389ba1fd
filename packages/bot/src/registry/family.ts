/**
 * A metric as plain data: what one process tells another, and what foreign clients are translated into.
 */
import type { Exemplar } from "../instruments/exemplar.ts";
import type { Aggregation, MetricType } from "../instruments/instrument.ts";

/** One series of a counter, gauge, info, state set or unknown metric. */
export interface ScalarSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly createdMs?: number | undefined;
  readonly exemplar?: Exemplar | undefined;
}

/** One series set of a histogram. */
export interface HistogramSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Ascending, without `+Inf`. */
  readonly bounds: readonly number[];
  /** Not cumulative, one more than bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
  readonly createdMs?: number | undefined;
  readonly exemplars?: readonly (Exemplar | undefined)[] | undefined;
}

/** One series set of a summary, which only foreign clients have. */
export interface SummarySeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[];
  readonly sum: number;
  readonly count: number;
}

interface FamilyHead {
  /** As in text format 0.0.4, with `_total` or `_info` where it has one. */
  readonly name: string;
  readonly help: string;
  readonly unit?: string | undefined;
  readonly aggregation: Aggregation;
}

/** A metric with all its series. */
export type Family = FamilyHead &
  (
    | { readonly type: Exclude<MetricType, "histogram" | "summary">; readonly series: readonly ScalarSeries[] }
    | { readonly type: "histogram"; readonly series: readonly HistogramSeries[] }
    | { readonly type: "summary"; readonly series: readonly SummarySeries[] }
  );
