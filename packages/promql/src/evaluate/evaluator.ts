/** Evaluates a tree over all steps at once. Source: Prometheus 3, promql/engine.go. */
import type { AggregateExpr, Expr, UnaryExpr } from "../ast.ts";
import { evaluateAggregation } from "./aggregate.ts";
import { evaluateBinary } from "./binary.ts";
import { evaluateCall } from "./call.ts";
import type { EvaluationContext } from "./context.ts";
import { dropMetadata } from "./metadata-labels.ts";
import { evaluateVector } from "./operands.ts";
import { selectInstant } from "./selectors.ts";
import { refuseSameLabels } from "./series-builder.ts";
import type { Value, Vector } from "./values.ts";

export function evaluate(context: EvaluationContext, expr: Expr): Value {
  switch (expr.kind) {
    case "number":
      return { type: "scalar", values: new Float64Array(context.steps.count).fill(expr.value) };
    case "string":
      return { type: "string", value: expr.value };
    case "paren":
      return evaluate(context, expr.expr);
    case "vector-selector":
      return selectInstant(context, expr);
    case "unary":
      return unary(context, expr);
    case "binary":
      return evaluateBinary(context, expr, evaluate(context, expr.left), evaluate(context, expr.right));
    case "aggregate":
      return aggregate(context, expr);
    case "call":
      return evaluateCall(context, expr);
    case "matrix-selector":
    case "subquery":
      throw new TypeError("a range vector stands only where a function takes one: checked when it was parsed");
    default:
      return expr satisfies never;
  }
}

function unary(context: EvaluationContext, { operator, expr }: UnaryExpr): Value {
  const value = evaluate(context, expr);
  if (operator === "+" || value.type === "string") return value;
  if (value.type === "scalar") return { type: "scalar", values: value.values.map((number) => -number) };
  const series = value.series.map((one) => ({
    ...one,
    labels: context.delayedNameRemoval ? one.labels : dropMetadata(one.labels),
    dropsName: true,
    values: one.values.map((number) => -number),
  }));
  return refuseSameLabels(context, series);
}

function aggregate(context: EvaluationContext, expr: AggregateExpr): Vector {
  const param = expr.param === undefined ? undefined : evaluate(context, expr.param);
  return evaluateAggregation(context, expr, evaluateVector(context, expr.expr), param);
}
