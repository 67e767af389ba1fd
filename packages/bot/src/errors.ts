/**
 * Every error Haltwatch raises on purpose. One base, so that a caller can print any of them in one line: what happened,
 * where, and what to do about it.
 */

/** Where a mistake stands: the file and position, or the configuration key. */
export interface ErrorPlace {
  readonly file?: string | undefined;
  /** 1-based. */
  readonly line?: number | undefined;
  /** 1-based. */
  readonly column?: number | undefined;
  readonly key?: string | undefined;
}

/** What an error carries beside its message. */
export interface ErrorDetails extends ErrorPlace {
  /** What to do about it, as one sentence. */
  readonly hint: string;
  readonly cause?: unknown;
}

/** Base of all errors that Haltwatch raises on purpose. */
export class HaltwatchError extends Error {
  override readonly name: string = "HaltwatchError";
  /** Stable, upper-case, for programs: `PORT_IN_USE`, `UNKNOWN_KEY`, … */
  readonly code: string;
  readonly hint: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly key: string | undefined;

  constructor(code: string, message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.file = details.file;
    this.line = details.line;
    this.column = details.column;
    this.key = details.key;
  }

  /** The whole error on one line: `config/monitoring.toml:3:7: unknown key "csv_dri". Did you mean "csv_dir"?` */
  oneLine(): string {
    const position = [this.file, this.line, this.column].filter((part) => part !== undefined).join(":");
    const where = position === "" ? "" : `${position}: `;
    return `${where}${endSentence(this.message)} ${endSentence(this.hint)}`.replaceAll(/\s*[\r\n]+\s*/g, " ");
  }
}

/** A metric was defined or used wrongly. `metric` names it, `label` the label at fault if there is one. */
export class MetricError extends HaltwatchError {
  override readonly name = "MetricError";
  readonly metric: string;
  readonly label: string | undefined;

  constructor(
    code: string,
    message: string,
    details: ErrorDetails & { readonly metric: string; readonly label?: string | undefined },
  ) {
    super(code, message, details);
    this.metric = details.metric;
    this.label = details.label;
  }
}

/** A configuration file, environment variable or option is wrong. */
export class ConfigError extends HaltwatchError {
  override readonly name = "ConfigError";
}

/** A server could not listen where it was told to. */
export class ListenError extends HaltwatchError {
  override readonly name = "ListenError";
}

/** Any thrown value as one line for people: with its hint if it is one of ours. */
export function errorLine(error: unknown): string {
  if (error instanceof HaltwatchError) return error.oneLine();
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replaceAll(/\s*[\r\n]+\s*/g, " ");
}

/** Anything at all as a short text for a message: never throws, whatever it is given. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value.length > 60 ? `${JSON.stringify(value.slice(0, 60))}…` : JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "object":
      return value === null ? "null" : Array.isArray(value) ? "an array" : "an object";
    case "function":
      return "a function";
    case "symbol":
      return "a symbol";
    default:
      return String(value); // number, boolean, undefined
  }
}

function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
