/** A query is well written and cannot be answered: what it met, and what to do. */
export class PromqlEvaluationError extends Error {
  override readonly name = "PromqlEvaluationError";
  readonly code: "EXECUTION" | "LIMIT" | "TIMEOUT" | "NATIVE_HISTOGRAM" | "CANCELED";
  readonly hint: string;

  constructor(code: PromqlEvaluationError["code"], message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

export function executionError(message: string): PromqlEvaluationError {
  return new PromqlEvaluationError("EXECUTION", message, "Change the query so that its series fit together");
}
