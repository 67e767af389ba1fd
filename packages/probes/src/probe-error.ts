/** What goes wrong with probes before they look at anything, and what to do about it. What they then see is a value, not an error. */

export type ProbeErrorCode =
  /** A private key, a mnemonic or a keystore stands where it must not. */
  | "SECRET_KEY"
  | "BAD_VALUE"
  /** No chain of this name is known. */
  | "UNKNOWN_CHAIN"
  /** A JSON-RPC method that does more than read. */
  | "NOT_READ_ONLY"
  /** An optional package is not installed. */
  | "NOT_INSTALLED"
  /** A log's file cannot be read or written. */
  | "BAD_LOG";

export class ProbeError extends Error {
  override readonly name = "ProbeError";
  readonly code: ProbeErrorCode;
  /** What to do. */
  readonly hint: string;

  constructor(code: ProbeErrorCode, message: string, hint: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = hint;
  }
}
