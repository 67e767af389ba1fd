/** What the results of a query measure, by the names of what it reads and what it does with it. */
import { type Unit, unitOf } from "@haltwatch/notify";
import type { Expr } from "@haltwatch/promql";

/** @example queryUnit(parseQuery("histogram_quantile(0.99, rate(latency_ms_bucket[5m]))")); // "milliseconds" */
export function queryUnit(expr: Expr): Unit {
  switch (expr.kind) {
    case "number":
    case "string":
      return "number";
    case "vector-selector":
      return /_(?:bucket|count)$/.test(expr.name ?? "") ? "count" : unitOf(expr.name ?? "");
    case "matrix-selector":
      return queryUnit(expr.selector);
    case "subquery":
    case "unary":
    case "paren":
      return queryUnit(expr.expr);
    case "aggregate":
      if (expr.operator === "count" || expr.operator === "count_values" || expr.operator === "group") return "count";
      return expr.operator === "stdvar" ? "number" : queryUnit(expr.expr);
    case "call":
      return callUnit(expr);
    case "binary":
      return binaryUnit(expr);
    default:
      return expr satisfies never;
  }
}

/** Functions that give what they take. */
const SAME =
  /^(?:abs|ceil|floor|round|clamp|clamp_max|clamp_min|sort|sort_desc|label_replace|label_join|increase|delta|idelta|scalar|vector|(?:avg|min|max|sum|last|first|quantile|mad|stddev)_over_time|predict_linear|double_exponential_smoothing)$/;

function callUnit({ func, args }: Extract<Expr, { kind: "call" }>): Unit {
  if (func.name === "time" || func.name === "timestamp") return "seconds";
  if (/^(?:changes|resets|count_over_time|absent|absent_over_time|present_over_time)$/.test(func.name)) return "count";
  // The last one is the data; quantiles and bounds stand before it, or after it as numbers.
  const data = args.find((arg) => arg.kind !== "number" && arg.kind !== "string");
  if (data === undefined) return "number";
  if (func.name === "histogram_quantile") return bucketUnit(data);
  if (func.name === "rate" || func.name === "irate" || func.name === "deriv") {
    return queryUnit(data) === "count" ? "per-second" : "number";
  }
  return SAME.test(func.name) ? queryUnit(data) : "number";
}

/** Of what is counted in a histogram's buckets. */
function bucketUnit(data: Expr): Unit {
  switch (data.kind) {
    case "vector-selector":
      return unitOf(data.name ?? "");
    case "matrix-selector":
      return unitOf(data.selector.name ?? "");
    case "aggregate":
    case "paren":
      return bucketUnit(data.expr);
    case "call": {
      const [first] = data.args;
      return first === undefined ? "number" : bucketUnit(first);
    }
    default:
      return "number";
  }
}

function binaryUnit({ operator, left, right }: Extract<Expr, { kind: "binary" }>): Unit {
  const unit = queryUnit(left);
  switch (operator) {
    case "+":
    case "-":
      return unit === "number" ? queryUnit(right) : unit;
    case "*":
      return unit === "ratio" && right.kind === "number" && right.value === 100 ? "percent" : "number";
    case "/": {
      const [above, below] = [amountUnit(left), amountUnit(right)];
      if (above === below) return above === "number" ? "number" : "ratio";
      return below === "count" ? above : "number";
    }
    case "%":
    case "^":
    case "atan2":
      return "number";
    default:
      return unit; // comparisons, sets: the left side comes through
  }
}

/** Where two rates are divided, it does not matter that they are rates. */
function amountUnit(expr: Expr): Unit {
  if (expr.kind === "paren" || expr.kind === "aggregate") return amountUnit(expr.expr);
  const [data] = expr.kind === "call" && /^i?rate$/.test(expr.func.name) ? expr.args : [];
  return queryUnit(data ?? expr);
}
