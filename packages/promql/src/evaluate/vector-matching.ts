/** Finds which series of two vectors belong together, and computes what they give. Source: Prometheus 3, promql/engine.go (`VectorBinop`). */
import { type Labels, METRIC_NAME } from "@haltwatch/store/labels";
import { type BinaryExpr, isComparison, type VectorMatching } from "../ast.ts";
import type { EvaluationContext } from "./context.ts";
import { executionError } from "./evaluation-error.ts";
import { dropMetadata } from "./metadata-labels.ts";
import { type Operation, operationOf } from "./operations.ts";
import { SeriesBuilder } from "./series-builder.ts";
import { bySignature, signatureOf } from "./signature.ts";
import type { Vector, VectorSeries } from "./values.ts";

/** Operators but those of sets, between two vectors. */
export function betweenVectors(
  context: EvaluationContext,
  expr: BinaryExpr,
  matching: VectorMatching,
  left: Vector,
  right: Vector,
): Vector {
  const signature = signatureOf(matching);
  const isSwapped = matching.cardinality === "one-to-many";
  const [many, one] = isSwapped ? [right, left] : [left, right];
  const ones = bySignature(one, signature);
  checkUnique(context, many, ones, isSwapped ? "left" : "right", matching);
  const isOneToOne = matching.cardinality === "one-to-one";
  const counts = isOneToOne ? countsBySignature(many, signature) : undefined;
  const pairing = new Pairing(context, expr, matching);
  /** Which steps of a signature have been matched, one to one. */
  const matchedSteps = new Map<string, Uint8Array>();
  for (const series of many.series) {
    const key = signature(series.labels);
    const candidates = ones.get(key);
    if (candidates === undefined) continue;
    context.spend(series.values.length);
    const [only] = candidates;
    if (candidates.length === 1 && only !== undefined && (counts?.get(key) ?? 1) === 1) {
      pairing.whole(series, only);
      continue;
    }
    let matched = matchedSteps.get(key);
    if (matched === undefined) {
      matched = new Uint8Array(context.steps.count);
      matchedSteps.set(key, matched);
    }
    for (let step = 0; step < series.values.length; step++) {
      if (series.present[step] !== 1) continue;
      const partner = onlyPresent(candidates, step, isSwapped ? "left" : "right", matching);
      if (partner === undefined) continue;
      if (isOneToOne) {
        // Before filtering (Prometheus 3.9): what is filtered out has matched, too.
        if (matched[step] === 1) {
          throw executionError(
            "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)",
          );
        }
        matched[step] = 1;
      }
      pairing.step(series, partner, step);
    }
  }
  return pairing.vector();
}

/** Computes what pairs of series give. */
class Pairing {
  readonly #builder: SeriesBuilder;
  readonly #operation: Operation;
  readonly #filters: boolean;
  readonly #isSwapped: boolean;
  readonly #labelsOf: (many: VectorSeries, one: VectorSeries) => Labels;

  constructor(context: EvaluationContext, { operator, returnBool }: BinaryExpr, matching: VectorMatching) {
    this.#builder = new SeriesBuilder(context.steps.count);
    this.#operation = operationOf(operator);
    this.#filters = isComparison(operator) && !returnBool;
    this.#isSwapped = matching.cardinality === "one-to-many";
    this.#labelsOf = labelsOfPairs(context, matching, this.#filters);
  }

  /** At all steps at which both have a value. */
  whole(many: VectorSeries, one: VectorSeries): void {
    const result = this.#resultOf(many, one);
    const [left, right] = this.#isSwapped ? [one.values, many.values] : [many.values, one.values];
    const [present, other] = [many.present, one.present];
    for (let step = 0; step < left.length; step++) {
      if (present[step] === 1 && other[step] === 1)
        this.#put(result, step, left[step] as number, right[step] as number);
    }
  }

  step(many: VectorSeries, one: VectorSeries, step: number): void {
    const [left, right] = this.#isSwapped ? [one, many] : [many, one];
    this.#put(this.#resultOf(many, one), step, left.values[step] as number, right.values[step] as number); // both are there
  }

  vector(): Vector {
    return this.#builder.vector();
  }

  #resultOf(many: VectorSeries, one: VectorSeries): VectorSeries {
    return this.#builder.seriesOf(this.#labelsOf(many, one), this.#filters ? many.dropsName : true);
  }

  #put(result: VectorSeries, step: number, left: number, right: number): void {
    const computed = this.#operation(left, right);
    if (this.#filters && computed === 0) return;
    // The value that a filter keeps is the left side's.
    if (this.#builder.set(result, step, this.#filters ? left : computed)) return;
    throw executionError("multiple matches for labels: grouping labels must ensure unique matches");
  }
}

function countsBySignature(vector: Vector, signature: (labels: Labels) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { labels } of vector.series) {
    const key = signature(labels);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** The side that is to be unique must be so even where nothing matches it, at each step where both sides have something. */
function checkUnique(
  context: EvaluationContext,
  many: Vector,
  ones: ReadonlyMap<string, readonly VectorSeries[]>,
  side: "left" | "right",
  matching: VectorMatching,
): void {
  const shared = [...ones.values()].filter((group) => group.length > 1);
  if (shared.length === 0) return;
  for (let step = 0; step < context.steps.count; step++) {
    if (!many.series.some(({ present }) => present[step] === 1)) continue;
    for (const group of shared) onlyPresent(group, step, side, matching);
  }
}

function onlyPresent(
  candidates: readonly VectorSeries[],
  step: number,
  side: "left" | "right",
  matching: VectorMatching,
): VectorSeries | undefined {
  let found: VectorSeries | undefined;
  for (const candidate of candidates) {
    if (candidate.present[step] !== 1) continue;
    if (found !== undefined) {
      const group = groupOf(candidate.labels, matching);
      throw executionError(
        `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: ` +
          `[${seriesText(candidate.labels)}, ${seriesText(found.labels)}];many-to-many matching not allowed: matching labels must be unique on one side`,
      );
    }
    found = candidate;
  }
  return found;
}

/** What labels the result of two series has. */
function labelsOfPairs(
  context: EvaluationContext,
  { cardinality, on, labels, include }: VectorMatching,
  filters: boolean,
): (many: VectorSeries, one: VectorSeries) => Labels {
  const keepsName = filters || context.delayedNameRemoval;
  const unnamed = (many: Labels): Labels => (keepsName ? many : dropMetadata(many));
  if (cardinality !== "one-to-one") {
    return (many, one) => include.reduce((all, name) => all.with(name, one.labels.get(name)), unnamed(many.labels));
  }
  const names = new Set(on && context.delayedNameRemoval && !filters ? [...labels, METRIC_NAME] : labels);
  const id = `result ${on ? "on" : "ignoring"} ${[...names].join()} ${keepsName}`;
  return ({ labels: many }) => many.derived(id, () => (on ? unnamed(many).keep(names) : unnamed(many).drop(names)));
}

function groupOf(labels: Labels, { on, labels: names }: VectorMatching): string {
  const group = on ? labels.keep(new Set(names)) : labels.drop(new Set([...names, METRIC_NAME]));
  return seriesText(group);
}

/** Prometheus writes a series with its name among its labels here. */
function seriesText(labels: Labels): string {
  return `{${[...labels].map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(", ")}}`;
}
