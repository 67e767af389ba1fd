/** A rule's query has an answer, and the rule can do nothing with it: why, in Prometheus's words. */

const HINTS = {
  NOT_A_VECTOR: "Let the expression give an instant vector or a scalar",
  DUPLICATE_LABELS: "Aggregate in the expression, or do not overwrite the labels that tell its series apart",
  LIMIT: "Aggregate in the expression, or raise the group's limit",
  APPEND: "Two rules may write the same series: give them different names or labels",
} as const;

export class RuleEvaluationError extends Error {
  override readonly name = "RuleEvaluationError";
  readonly code: keyof typeof HINTS;
  readonly hint: string;

  constructor(code: keyof typeof HINTS, message: string) {
    super(message);
    this.code = code;
    this.hint = HINTS[code];
  }
}
