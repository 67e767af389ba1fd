/** A rule's query, answered as series with one value each. Source: Prometheus, rules/manager.go, EngineQueryFunc. */
import { type EvaluationOptions, type Expr, queryInstant } from "@haltwatch/promql";
import { Labels, type SeriesReader } from "@haltwatch/store";
import { RuleEvaluationError } from "./rule-evaluation-error.ts";

export interface RuleSample {
  readonly labels: Labels;
  readonly value: number;
}

/** @throws {PromqlEvaluationError}, {@link RuleEvaluationError} for a range or a string */
export function ruleQuery(
  reader: SeriesReader,
  query: string | Expr,
  timeMs: number,
  options: EvaluationOptions | undefined,
): RuleSample[] {
  const { value } = queryInstant(reader, query, timeMs, options);
  switch (value.type) {
    case "vector":
      return value.series.map(({ labels, values }) => ({ labels, value: values[0] ?? Number.NaN }));
    case "scalar":
      return [{ labels: Labels.EMPTY, value: value.value }];
    default:
      throw new RuleEvaluationError("NOT_A_VECTOR", "rule result is not a vector or scalar");
  }
}
