/** Operators between scalars and vectors. Source: Prometheus 3, promql/engine.go (`VectorBinop`, `vectorElemBinop`). */

import type { Labels } from "@haltwatch/store/labels";
import {
  type BinaryExpr,
  type BinaryOperator,
  isComparison,
  isSetOperator,
  isTrim,
  type SetOperator,
  type VectorMatching,
} from "../ast.ts";
import type { EvaluationContext } from "./context.ts";
import { filledSides } from "./fill.ts";
import { dropMetadata } from "./metadata-labels.ts";
import { operationOf } from "./operations.ts";
import { mergeSameLabels } from "./series-builder.ts";
import { bySignature, signatureOf } from "./signature.ts";
import { trimmedFloats } from "./trim.ts";
import { emptySeries, isAnywherePresent, type Scalar, type Value, type Vector, type VectorSeries } from "./values.ts";
import { betweenVectors } from "./vector-matching.ts";

const NO_MATCHING: VectorMatching = { cardinality: "one-to-one", labels: [], on: false, include: [], fill: undefined };

export function evaluateBinary(context: EvaluationContext, expr: BinaryExpr, left: Value, right: Value): Value {
  const { operator } = expr;
  if (isTrim(operator)) return trimmedFloats(context, expr, left, right);
  if (left.type === "scalar" && right.type === "scalar") return scalars(operator, left, right);
  if (left.type === "vector" && right.type === "scalar") return withScalar(context, expr, left, right, false);
  if (left.type === "scalar" && right.type === "vector") return withScalar(context, expr, right, left, true);
  if (left.type !== "vector" || right.type !== "vector") throw new TypeError("checked when it was parsed");
  const matching = expr.matching ?? NO_MATCHING;
  if (isSetOperator(operator)) return setOperation(context, operator, matching, left, right);
  if (matching.fill === undefined) return betweenVectors(context, expr, matching, left, right);
  return betweenVectors(context, expr, matching, ...filledSides(matching, matching.fill, left, right));
}

function scalars(operator: BinaryOperator, left: Scalar, right: Scalar): Scalar {
  const operation = operationOf(operator);
  return {
    type: "scalar",
    values: left.values.map((value, step) => operation(value, right.values[step] as number)),
  };
}

function withScalar(
  context: EvaluationContext,
  expr: BinaryExpr,
  vector: Vector,
  scalar: Scalar,
  isSwapped: boolean,
): Vector {
  const { operator, returnBool } = expr;
  const filters = isComparison(operator) && !returnBool;
  const operation = operationOf(operator);
  const series = vector.series.map((one): VectorSeries => {
    context.spend(one.values.length);
    const dropsName = filters ? one.dropsName : true;
    const labels = filters || context.delayedNameRemoval ? one.labels : dropMetadata(one.labels);
    const result = emptySeries(labels, dropsName, one.values.length);
    for (let step = 0; step < one.values.length; step++) {
      if (one.present[step] !== 1) continue;
      const value = one.values[step] as number;
      const other = scalar.values[step] as number;
      const computed = isSwapped ? operation(other, value) : operation(value, other);
      if (filters && computed === 0) continue;
      result.values[step] = filters ? value : computed;
      result.present[step] = 1;
    }
    return result;
  });
  return mergeSameLabels(series.filter(isAnywherePresent));
}

function setOperation(
  context: EvaluationContext,
  operator: SetOperator,
  matching: VectorMatching,
  left: Vector,
  right: Vector,
): Vector {
  const signature = signatureOf(matching);
  const others = bySignature(operator === "or" ? left : right, signature);
  const isThere = (labels: Labels, step: number): boolean =>
    others.get(signature(labels))?.some(({ present }) => present[step] === 1) ?? false;
  const filtered = (vector: Vector, keep: (labels: Labels, step: number) => boolean): VectorSeries[] =>
    vector.series
      .map((one) => {
        context.spend(one.values.length);
        return {
          ...one,
          present: one.present.map((present, step) => (present === 1 && keep(one.labels, step) ? 1 : 0)),
        };
      })
      .filter(isAnywherePresent);
  switch (operator) {
    case "and":
      return { type: "vector", series: filtered(left, isThere) };
    case "unless":
      return { type: "vector", series: filtered(left, (labels, step) => !isThere(labels, step)) };
    case "or":
      return mergeSameLabels([...left.series, ...filtered(right, (labels, step) => !isThere(labels, step))]);
    default:
      return operator satisfies never;
  }
}
