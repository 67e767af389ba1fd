/** A command cannot do what it was asked: what is wrong, and what to do instead. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** What every error of a Haltwatch package carries, whichever package it is from. */
interface Explained extends Error {
  readonly hint: string;
  oneLine?(): string;
}

/** True for errors that say what to do: a mistake in use or configuration, not a fault of the program. */
export function isExplained(error: unknown): error is Explained {
  return error instanceof Error && "hint" in error && typeof error.hint === "string";
}

/** Any thrown value as one line. */
export function errorLine(error: unknown): string {
  if (isExplained(error)) return error.oneLine?.() ?? `${error.message}. ${error.hint}.`;
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replaceAll(/\s*[\r\n]+\s*/g, " ");
}
