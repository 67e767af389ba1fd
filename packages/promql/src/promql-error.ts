/** A query is wrong: what, where, and as Prometheus says it. */

/** A part of a query's text: offsets in UTF-16 units, the end excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A query that Prometheus would refuse. The message begins as its own does, with the position: `1:5: parse error: …`. */
export class PromqlParseError extends Error {
  override readonly name = "PromqlParseError";
  readonly code = "BAD_QUERY";
  readonly span: Span;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** What is wrong, without the position. */
  readonly reason: string;
  readonly hint: string;

  constructor(
    query: string,
    span: Span,
    reason: string,
    hint = "See the query language's grammar in Prometheus's documentation",
  ) {
    const before = query.slice(0, span.start);
    const line = before.split("\n").length;
    const column = before.length - (before.lastIndexOf("\n") + 1) + 1;
    super(`${line}:${column}: parse error: ${reason}`);
    this.span = span;
    this.line = line;
    this.column = column;
    this.reason = reason;
    this.hint = hint;
  }
}
