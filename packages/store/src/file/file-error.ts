/** What SQLite's errors mean for whoever runs the store. */
import { StoreError } from "../store-error.ts";

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html). */
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** What to say of a file some of which cannot be read. */
export function damaged(file: string, what: string, cause?: unknown): StoreError {
  const hint = `Keep the file, and save what can be read: haltwatch salvage ${file} NEW_FILE`;
  return new StoreError("DAMAGED", `${file} is damaged: ${what}`, hint, { file, cause });
}

export function isDamaged(error: unknown): boolean {
  return error instanceof StoreError && error.code === "DAMAGED";
}

export function newer(file: string, what: string, known: number): StoreError {
  return new StoreError(
    "NEWER_SCHEMA",
    `${file} was written by a newer Haltwatch: ${what}, and this one knows up to ${known}`,
    "Run the newer Haltwatch that wrote it; nothing was changed",
    { file },
  );
}

/** A `StoreError` for an error of SQLite's; any other as it is. */
export function explained(error: unknown, file: string): unknown {
  // A whole number beyond those that we write: node:sqlite does not hand it over.
  if (error instanceof RangeError && "code" in error && error.code === "ERR_OUT_OF_RANGE")
    return damaged(file, "it holds a number that was never written", error);
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return error;
  const options = { file, cause: error };
  switch (error.errcode & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return new StoreError(
        "IN_USE",
        `${file} is open in another process`,
        "Stop that one, or name another file",
        options,
      );
    case SQLITE_NOTADB:
      return new StoreError("NOT_A_STORE", `${file} is no database`, "Name another file; nothing was changed", options);
    case SQLITE_CORRUPT:
      return damaged(file, error.message, error);
    default: {
      const hint = "Look at its folder, its permissions and the space on its disk";
      return new StoreError("UNUSABLE", `${file}: ${error.message}`, hint, options);
    }
  }
}
