/** What goes wrong with the guard, and what to do about it. */

export type GuardErrorCode =
  /** A pause is in force, but not on the disk: it does not outlive this process. Or an arm was not made, for the same cause. */
  | "NOT_DURABLE"
  /** The text names no scope. */
  | "BAD_SCOPE"
  /** The file has a pause, or a journal entry, that cannot be understood. */
  | "DAMAGED"
  /** The caller gave what cannot be kept. */
  | "INVALID";

export class GuardError extends Error {
  override readonly name = "GuardError";
  readonly code: GuardErrorCode;
  /** What to do. */
  readonly hint: string;

  constructor(code: GuardErrorCode, message: string, hint: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = hint;
  }
}
