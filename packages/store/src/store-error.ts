/** What goes wrong with the store, and what to do about it. */

export type StoreErrorCode =
  /** Another process has the file open. */
  | "IN_USE"
  /** The file was written by a newer Haltwatch. */
  | "NEWER_SCHEMA"
  /** The file is no Haltwatch database. */
  | "NOT_A_STORE"
  /** Some of the file cannot be read. */
  | "DAMAGED"
  /** The file cannot be opened or written: no such folder, no permission, no space. */
  | "UNUSABLE"
  /** The caller gave what cannot be stored. */
  | "INVALID";

export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  /** What to do. */
  readonly hint: string;
  readonly file: string | undefined;

  constructor(code: StoreErrorCode, message: string, hint: string, options: { file?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = hint;
    this.file = options.file;
  }
}
