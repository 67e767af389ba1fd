/** Functions of classic histograms' buckets. Source: Prometheus 3, promql/functions.go. */
import { type Labels, METRIC_NAME } from "@haltwatch/store/labels";
import type { Expr } from "../ast.ts";
import { ClassicHistogram } from "../functions/classic-histogram.ts";
import { formatNumber } from "../print/literals.ts";
import type { Span } from "../promql-error.ts";
import { checkQuantile } from "./check-quantile.ts";
import type { EvaluationContext } from "./context.ts";
import { executionError } from "./evaluation-error.ts";
import { withoutName } from "./metadata-labels.ts";
import { evaluateScalar, evaluateText, evaluateVector, required } from "./operands.ts";
import { mergeSameLabels, SeriesBuilder } from "./series-builder.ts";
import type { Vector, VectorSeries } from "./values.ts";

/** Series of one histogram: their labels but `le` are the same. */
interface BucketGroup {
  readonly labels: Labels;
  readonly dropsName: boolean;
  readonly buckets: { readonly upperBound: number; readonly series: VectorSeries }[];
}

function bucketGroups(context: EvaluationContext, { vector, span }: Buckets): BucketGroup[] {
  const groups = new Map<string, BucketGroup>();
  const bounds = new Map<string, number | undefined>();
  for (const series of vector.series) {
    const le = series.labels.get("le");
    if (!bounds.has(le)) bounds.set(le, parseBound(le));
    const upperBound = bounds.get(le);
    if (upperBound === undefined) {
      context.annotations.warn(
        `bucket label "le" is missing or has a malformed value of ${JSON.stringify(le)} for metric name ${JSON.stringify(series.labels.get(METRIC_NAME))}`,
        span,
      );
      continue;
    }
    const labels = withoutName(
      context,
      series.labels.derived("without le", (all) => all.drop(BOUND)),
    );
    const group = groups.get(labels.key);
    if (group === undefined) groups.set(labels.key, { labels, dropsName: true, buckets: [{ upperBound, series }] });
    else group.buckets.push({ upperBound, series });
  }
  for (const { buckets } of groups.values()) buckets.sort((a, b) => a.upperBound - b.upperBound || 0);
  return [...groups.values()];
}

const BOUND: ReadonlySet<string> = new Set(["le"]);

function parseBound(le: string): number | undefined {
  if (/^\+?Inf$/i.test(le)) return Number.POSITIVE_INFINITY;
  if (/^-Inf$/i.test(le)) return Number.NEGATIVE_INFINITY;
  const value = Number(le);
  return le.trim() === "" || Number.isNaN(value) ? undefined : value;
}

function ofBuckets(
  context: EvaluationContext,
  given: Buckets,
  at: (histogram: ClassicHistogram, step: number) => number,
  relabel: (labels: Labels) => Labels = (labels) => labels,
): Vector {
  const builder = new SeriesBuilder(context.steps.count);
  for (const { labels, dropsName, buckets } of bucketGroups(context, given)) {
    const result = builder.seriesOf(relabel(labels), dropsName);
    const histogram = new ClassicHistogram(buckets.length);
    let forcedMonotonic = false;
    for (let step = 0; step < context.steps.count; step++) {
      histogram.clear();
      for (const { upperBound, series } of buckets) {
        if (series.present[step] === 1) histogram.add(upperBound, series.values[step] as number);
      }
      if (histogram.size === 0) continue;
      const value = at(histogram, step);
      forcedMonotonic ||= histogram.forcedMonotonic;
      if (!builder.set(result, step, value))
        throw executionError("vector cannot contain metrics with the same labelset");
    }
    if (forcedMonotonic) noteForced(context, labels, given.span);
  }
  return builder.vector();
}

function noteForced(context: EvaluationContext, labels: Labels, span: Span): void {
  const name = JSON.stringify(labels.get(METRIC_NAME));
  context.annotations.info(
    `input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) for metric name ${name}`,
    span,
  );
}

export function histogramQuantile(context: EvaluationContext, quantileExpr: Expr, bucketsExpr: Expr): Vector {
  const q = evaluateScalar(context, quantileExpr).values;
  for (const value of q) checkQuantile(context, value, quantileExpr.span);
  const buckets = bucketsOf(context, bucketsExpr);
  return ofBuckets(context, buckets, (histogram, step) => histogram.quantile(q[step] as number));
}

export function histogramQuantiles(context: EvaluationContext, args: readonly Expr[]): Vector {
  const buckets = bucketsOf(context, required(args[0]));
  const label = evaluateText(context, required(args[1]));
  const series = args.slice(2).flatMap((arg) => {
    const q = evaluateScalar(context, arg).values;
    for (const value of q) checkQuantile(context, value, arg.span);
    const shown = openMetricsNumber(q[0] as number);
    const at = (histogram: ClassicHistogram, step: number): number => histogram.quantile(q[step] as number);
    return ofBuckets(context, buckets, at, (labels) => labels.with(label, shown)).series;
  });
  return mergeSameLabels(series);
}

/** As OpenMetrics writes the numbers that are labels: never without a point or an exponent. */
function openMetricsNumber(value: number): string {
  const shown = formatNumber(value);
  return /^-?\d+$/.test(shown) ? `${shown}.0` : shown;
}

export function histogramFraction(context: EvaluationContext, args: readonly Expr[]): Vector {
  const lower = evaluateScalar(context, required(args[0])).values;
  const upper = evaluateScalar(context, required(args[1])).values;
  const buckets = bucketsOf(context, required(args[2]));
  return ofBuckets(context, buckets, (histogram, step) =>
    histogram.fraction(lower[step] as number, upper[step] as number),
  );
}

/** The bucket series of histograms, and where they stand in the query. */
interface Buckets {
  readonly vector: Vector;
  readonly span: Span;
}

function bucketsOf(context: EvaluationContext, expr: Expr): Buckets {
  return { vector: evaluateVector(context, expr), span: expr.span };
}
