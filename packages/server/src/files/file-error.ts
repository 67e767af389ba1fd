/** What is wrong with a file that a command was given, or with how the command was used: where, and what to do. */

export type FileErrorCode =
  /** It is not there, or may not be read. */
  | "UNREADABLE"
  /** It is not in the format that is asked for, or is cut off. */
  | "MALFORMED"
  /** The command was asked for something that makes no sense. */
  | "WRONG_USE";

/** Where in the file. */
export interface FilePlace {
  readonly file?: string | undefined;
  /** 1-based. */
  readonly line?: number | undefined;
  /** 1-based, in UTF-16 units. */
  readonly column?: number | undefined;
}

/** The message begins with the place, as `file:line:column: `, as far as it is known. */
export class FileError extends Error {
  override readonly name = "FileError";
  readonly code: FileErrorCode;
  /** What is wrong, without the place. */
  readonly reason: string;
  /** What to do. */
  readonly hint: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(
    code: FileErrorCode,
    reason: string,
    hint: string,
    { file, line, column, cause }: FilePlace & { readonly cause?: unknown } = {},
  ) {
    const place = [file, line, column].filter((part) => part !== undefined).join(":");
    super(place === "" ? reason : `${place}: ${reason}`, { cause });
    this.code = code;
    this.reason = reason;
    this.hint = hint;
    this.file = file;
    this.line = line;
    this.column = column;
  }
}

/** A file that cannot be read, as the operating system says. */
export function unreadable(file: string, error: unknown): FileError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const reason =
    code === "ENOENT"
      ? "there is no such file"
      : `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  return new FileError("UNREADABLE", reason, "Name files that can be read", { file, cause: error });
}
