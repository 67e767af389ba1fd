/** A rule that writes its query's result as series of a name of their own. Source: Prometheus, rules/recording.go. */
import { type Expr, parseQuery } from "@haltwatch/promql";
import { Labels, METRIC_NAME } from "@haltwatch/store";
import type { RecordingRuleConfig } from "../files/rule-file.ts";
import { mergedLabels, type RuleHealth, type RuleInput, type WrittenSample } from "./rule.ts";
import { RuleEvaluationError } from "./rule-evaluation-error.ts";
import { ruleQuery } from "./rule-query.ts";

export class RecordingRule {
  readonly kind = "record";
  readonly name: string;
  readonly expr: string;
  /** The expression as a tree: it is parsed once. */
  readonly query: Expr;
  /** An empty value takes the label away. */
  readonly labels: ReadonlyMap<string, string>;
  health: RuleHealth = { kind: "unknown" };

  constructor({ name, expr, labels }: RecordingRuleConfig, groupLabels: ReadonlyMap<string, string> = new Map()) {
    this.name = name;
    this.expr = expr;
    this.query = parseQuery(expr);
    this.labels = mergedLabels(groupLabels, labels);
  }

  /** @throws {PromqlEvaluationError}, {@link RuleEvaluationError}: then nothing is written */
  evaluate({ reader, timeMs, queryOffsetMs, limit, queryOptions }: RuleInput): WrittenSample[] {
    const at = timeMs - queryOffsetMs;
    const seen = new Set<string>();
    const samples = ruleQuery(reader, this.query, at, { ...queryOptions, query: this.expr }).map(
      ({ labels, value }) => {
        const written = Labels.from(new Map([...labels, [METRIC_NAME, this.name], ...this.labels]));
        if (seen.has(written.key)) {
          throw new RuleEvaluationError(
            "DUPLICATE_LABELS",
            "vector contains metrics with the same labelset after applying rule labels",
          );
        }
        seen.add(written.key);
        return { labels: written, timeMs: at, value };
      },
    );
    if (limit > 0 && samples.length > limit)
      throw new RuleEvaluationError("LIMIT", `exceeded limit of ${limit} with ${samples.length} series`);
    return samples;
  }
}
