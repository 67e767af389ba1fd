/** What goes wrong with telling people, and what to do about it. */

export type NotifyErrorCode =
  /** The configuration is no YAML. */
  | "BAD_YAML"
  | "BAD_VALUE"
  | "UNKNOWN_KEY"
  /** A secret stands in a file. */
  | "LITERAL_SECRET"
  /** A silence that nobody could have meant, or with which history would change. */
  | "BAD_SILENCE"
  | "SILENCE_NOT_FOUND"
  /** More than is kept: alerts or silences. */
  | "TOO_MANY";

/** Where in a configuration the mistake is. */
export interface ErrorPlace {
  readonly file?: string | undefined;
  /** 1-based. */
  readonly line?: number | undefined;
  /** 1-based. */
  readonly column?: number | undefined;
  /** `route.routes[0].matchers` */
  readonly key?: string | undefined;
}

export class NotifyError extends Error {
  override readonly name = "NotifyError";
  readonly code: NotifyErrorCode;
  /** What to do. */
  readonly hint: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly key: string | undefined;

  constructor(
    code: NotifyErrorCode,
    message: string,
    { hint, cause, ...place }: ErrorPlace & { readonly hint: string; readonly cause?: unknown },
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
    this.file = place.file;
    this.line = place.line;
    this.column = place.column;
    this.key = place.key;
  }

  /** All of it on one line: `alertmanager.yml:3:7: unknown key "recievers". Did you mean "receivers"?` */
  oneLine(): string {
    const position = [this.file, this.line, this.column].filter((part) => part !== undefined).join(":");
    const where = position === "" ? "" : `${position}: `;
    return `${where}${sentence(this.message)} ${sentence(this.hint)}`.replaceAll(/\s*[\r\n]+\s*/g, " ");
  }
}

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
