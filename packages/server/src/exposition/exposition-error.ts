/** What a target exposes is wrong: what, and where. */

/** What is wrong, for programs. */
export type ExpositionErrorCode =
  /** The text is not in its format. */
  | "BAD_EXPOSITION"
  /** A series has no name, an empty or invalid one, or one label twice. */
  | "BAD_LABELS"
  | "TOO_MANY_SAMPLES"
  | "TOO_MANY_LABELS"
  | "LABEL_NAME_TOO_LONG"
  | "LABEL_VALUE_TOO_LONG"
  /** No parser for what the target says it sends. */
  | "UNKNOWN_CONTENT_TYPE";

/** A scrape that Prometheus would refuse, too, or that is over a limit. The message begins with the position. */
export class ExpositionError extends Error {
  override readonly name = "ExpositionError";
  readonly code: ExpositionErrorCode;
  /** 1-based; `undefined` where the fault is not in the body. */
  readonly line: number | undefined;
  /** 1-based, in UTF-16 units. */
  readonly column: number | undefined;
  /** What is wrong, without the position. */
  readonly reason: string;
  readonly hint: string;

  constructor(code: ExpositionErrorCode, reason: string, hint: string, place?: { line: number; column: number }) {
    super(place === undefined ? reason : `${place.line}:${place.column}: ${reason}`);
    this.code = code;
    this.reason = reason;
    this.hint = hint;
    this.line = place?.line;
    this.column = place?.column;
  }
}

/** The line and column of a byte of the body. */
export function placeOf(body: Uint8Array, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (;;) {
    const lineEnd = body.indexOf(0x0a, lineStart);
    if (lineEnd === -1 || lineEnd >= offset) break;
    line++;
    lineStart = lineEnd + 1;
  }
  return { line, column: new TextDecoder().decode(body.subarray(lineStart, offset)).length + 1 };
}
