/**
 * `info(v, {…})`: adds the labels of info series (`target_info`, or those that the matchers name) to series of the same target.
 * Source: Prometheus 3.15, promql/info.go.
 */
import { compileMatcher, type LabelMatcher, type Labels, METRIC_NAME } from "@haltwatch/store/labels";
import type { Expr } from "../ast.ts";
import type { EvaluationContext } from "./context.ts";
import { executionError } from "./evaluation-error.ts";
import { whenSelected } from "./info-time.ts";
import { evaluateVector } from "./operands.ts";
import { selectInstant } from "./selectors.ts";
import { SeriesBuilder } from "./series-builder.ts";
import type { Vector, VectorSeries } from "./values.ts";

/** They say which target a series is of. */
const IDENTIFYING = ["instance", "job"] as const;
const IDENTIFYING_SET: ReadonlySet<string> = new Set(IDENTIFYING);

const DEFAULT_INFO: LabelMatcher = { name: METRIC_NAME, operator: "=", value: "target_info" };

const ANY_INFO: LabelMatcher = { name: METRIC_NAME, operator: "=~", value: ".+_info" };

/** What is asked of info series. */
interface Wanted {
  readonly matchers: readonly LabelMatcher[];
  /** Only these labels are added; all if there is none. */
  readonly labels: ReadonlySet<string>;
  /** A series without info series stays as it is; otherwise it goes. */
  readonly mayLack: boolean;
}

/** @param selector the second argument */
export function info(context: EvaluationContext, expr: Expr, selector: Expr | undefined): Vector {
  const base = evaluateVector(context, expr);
  const given = withPositiveName(selector?.kind === "vector-selector" ? selector.matchers : [DEFAULT_INFO]);
  const ofName = given.filter(({ name }) => name === METRIC_NAME).map(compileMatcher);
  const isInfo = (labels: Labels): boolean =>
    ofName.length > 0 && ofName.every((matches) => matches(labels.get(METRIC_NAME)));
  const ofData = given.filter(({ name }) => name !== METRIC_NAME);
  const wanted: Wanted = {
    matchers: ofName.length > 0 ? given : [DEFAULT_INFO, ...given],
    labels: new Set(ofData.map(({ name }) => name)),
    mayLack: ofData.every((matcher) => compileMatcher(matcher)("")),
  };
  const infos = infoSeries(
    context,
    expr,
    wanted,
    base.series.filter(({ labels }) => !isInfo(labels)),
  );
  const builder = new SeriesBuilder(context.steps.count);
  for (const series of base.series) {
    context.spend(context.steps.count);
    const isKept = isInfo(series.labels);
    const candidates = isKept ? [] : (infos.get(targetOf(series.labels)) ?? []);
    addEnriched(builder, series, candidates, isKept ? { ...wanted, mayLack: true } : wanted);
  }
  return builder.vector();
}

/** Matchers that only exclude names exclude them from what is called an info metric. */
function withPositiveName(matchers: readonly LabelMatcher[]): readonly LabelMatcher[] {
  const ofName = matchers.filter(({ name }) => name === METRIC_NAME);
  const isOpen = ofName.length > 0 && ofName.every(({ operator }) => operator === "!=" || operator === "!~");
  return isOpen ? [...matchers, ANY_INFO] : matchers;
}

function targetOf(labels: Labels): string {
  return labels.keep(IDENTIFYING_SET).key;
}

/** By target. Their values are when their samples are from. */
function infoSeries(
  context: EvaluationContext,
  expr: Expr,
  { matchers }: Wanted,
  targets: readonly VectorSeries[],
): Map<string, VectorSeries[]> {
  const byTarget = new Map<string, VectorSeries[]>();
  const identified = targets.filter(({ labels }) => IDENTIFYING.some((name) => labels.has(name)));
  if (identified.length === 0) return byTarget;
  const ofTargets = IDENTIFYING.map((name): LabelMatcher => {
    const values = new Set(identified.map(({ labels }) => labels.get(name)));
    return { name, operator: "=~", value: [...values].map(literally).join("|") };
  });
  const { at, offsetMs } = whenSelected(expr);
  const { series } = selectInstant(
    context,
    {
      kind: "vector-selector",
      name: undefined,
      matchers: [...matchers, ...ofTargets],
      offsetMs,
      offsetExpr: undefined,
      extended: undefined,
      at,
      span: expr.span,
    },
    "timestamp",
  );
  for (const one of series) {
    const target = targetOf(one.labels);
    const others = byTarget.get(target);
    if (others === undefined) byTarget.set(target, [one]);
    else others.push(one);
  }
  return byTarget;
}

/** As a regular expression that matches this text only. */
function literally(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}

/** Labels change from step to step as info series come and go. */
function addEnriched(
  builder: SeriesBuilder,
  series: VectorSeries,
  candidates: readonly VectorSeries[],
  wanted: Wanted,
): void {
  const byChoice = new Map<string, VectorSeries>();
  for (let step = 0; step < series.present.length; step++) {
    if (series.present[step] !== 1) continue;
    const chosen = newestAt(candidates, step);
    if (chosen.length === 0 && !wanted.mayLack) continue;
    const choice = chosen.join(",");
    let result = byChoice.get(choice);
    if (result === undefined) {
      const labels = chosen.map((index) => (candidates[index] as VectorSeries).labels); // indices of candidates
      result = builder.seriesOf(enriched(series.labels, labels, wanted.labels), series.dropsName);
      byChoice.set(choice, result);
    }
    if (!builder.set(result, step, series.values[step] as number))
      throw executionError("vector cannot contain metrics with the same labelset");
  }
}

/** Of each info metric the series with the newest sample, as indices. */
function newestAt(candidates: readonly VectorSeries[], step: number): readonly number[] {
  const newest = new Map<string, number>();
  for (const [index, { labels, present, values }] of candidates.entries()) {
    if (present[step] !== 1) continue;
    const name = labels.get(METRIC_NAME);
    const other = newest.get(name);
    const rival = other === undefined ? undefined : candidates[other];
    const [time, otherTime] = [values[step] as number, (rival?.values[step] as number | undefined) ?? Number.NaN];
    if (rival !== undefined && otherTime === time) {
      const places = `existing ${rival.labels} @ ${otherTime * 1000}, new ${labels} @ ${time * 1000}`;
      throw executionError(`found duplicate series for info metric: ${places}`);
    }
    if (rival === undefined || otherTime < time) newest.set(name, index);
  }
  return [...newest.values()];
}

/** A label that the series has already stays as it is. */
function enriched(base: Labels, infos: readonly Labels[], wanted: ReadonlySet<string>): Labels {
  let result = base;
  for (const labels of infos) {
    for (const [name, value] of labels) {
      if (name === METRIC_NAME || base.has(name) || (wanted.size > 0 && !wanted.has(name))) continue;
      if (result.has(name) && result.get(name) !== value) throw executionError(`conflicting label: ${name}`);
      result = result.with(name, value);
    }
  }
  return result;
}
