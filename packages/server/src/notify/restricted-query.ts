/**
 * A query for some of its results only. One that is asked for the series of an alert need not read those of all others: a
 * label that comes through from a selector to the result is asked for at the selector. Where it is not sure that it does,
 * the query stays as it is; whoever asks looks at the results anyway.
 */
import type { BinaryExpr, Expr } from "@haltwatch/promql";
import type { LabelMatcher } from "@haltwatch/store";

/** Labels of the wanted results. */
export type WantedLabels = ReadonlyMap<string, string>;

/** Their results have labels that no selector gave them, or none at all. */
const OWN_LABELS =
  /^(?:label_replace|label_join|absent|absent_over_time|info|vector|scalar|histogram_quantiles|count_values)$/;

/** @example restrictedQuery(parseQuery("rate(orders_total[1m])"), new Map([["venue", "cex"]])); // rate(orders_total{venue="cex"}[1m]) */
export function restrictedQuery(expr: Expr, wanted: WantedLabels): Expr {
  if (wanted.size === 0) return expr;
  switch (expr.kind) {
    case "number":
    case "string":
      return expr;
    case "vector-selector":
      return { ...expr, matchers: [...expr.matchers, ...matchersOf(wanted)] };
    case "matrix-selector": {
      const { selector } = expr;
      return { ...expr, selector: { ...selector, matchers: [...selector.matchers, ...matchersOf(wanted)] } };
    }
    case "subquery":
    case "unary":
    case "paren":
      return { ...expr, expr: restrictedQuery(expr.expr, wanted) };
    case "call":
      if (OWN_LABELS.test(expr.func.name)) return expr;
      return { ...expr, args: expr.args.map((arg) => restrictedQuery(arg, wanted)) };
    case "aggregate": {
      if (expr.operator === "count_values") return expr;
      // Only whole groups may go.
      const grouping = new Set(expr.grouping);
      return {
        ...expr,
        expr: restrictedQuery(
          expr.expr,
          only(wanted, (name) => grouping.has(name) !== expr.without),
        ),
      };
    }
    case "binary":
      return restrictedBinary(expr, wanted);
    default:
      return expr satisfies never;
  }
}

function restrictedBinary(expr: BinaryExpr, wanted: WantedLabels): Expr {
  const { left, right, matching, operator } = expr;
  const both = (of: WantedLabels): Expr => ({
    ...expr,
    left: restrictedQuery(left, of),
    right: restrictedQuery(right, of),
  });
  // With a scalar; or all that either side has.
  if (matching === undefined || operator === "or") return both(wanted);
  const labels = new Set(matching.labels);
  const matched = only(wanted, (name) => labels.has(name) === matching.on);
  const included = new Set(matching.include);
  const ofMany = only(wanted, (name) => !included.has(name));
  switch (matching.cardinality) {
    case "one-to-one":
      return matching.fill === undefined ? both(matched) : expr;
    case "many-to-many":
      return { ...expr, left: restrictedQuery(left, wanted), right: restrictedQuery(right, matched) };
    case "many-to-one":
      return {
        ...expr,
        left: restrictedQuery(left, ofMany),
        right: restrictedQuery(
          right,
          only(matched, (name) => ofMany.has(name)),
        ),
      };
    case "one-to-many":
      return {
        ...expr,
        left: restrictedQuery(
          left,
          only(matched, (name) => ofMany.has(name)),
        ),
        right: restrictedQuery(right, ofMany),
      };
    default:
      return matching.cardinality satisfies never;
  }
}

function only(wanted: WantedLabels, keep: (name: string) => boolean): WantedLabels {
  return new Map([...wanted].filter(([name]) => keep(name)));
}

function matchersOf(wanted: WantedLabels): LabelMatcher[] {
  return [...wanted].map(([name, value]) => ({ name, operator: "=", value }));
}
