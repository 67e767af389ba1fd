/** The words that both text formats are made of: where each ends in the bytes. Source: promlex.l, openmetricslex.l. */
import { isUtf8 } from "node:buffer";

export const TAB = 0x09;
export const NEWLINE = 0x0a;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const HASH = 0x23;
export const COMMA = 0x2c;
export const EQUAL = 0x3d;
const BACKSLASH = 0x5c;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;

/** By byte: 1 where a label's name may begin, 2 where a metric's may, too, 3 where either may go on. */
const NAME_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (/[a-zA-Z_]/.test(character)) return 1;
  return character === ":" ? 2 : /[0-9]/.test(character) ? 3 : 0;
});

/** Past the metric's name that begins at `i`; `i` where none does. A byte past the end of the body is no part of it. */
export function metricNameEnd(bytes: Uint8Array, i: number): number {
  let kind = NAME_BYTES[bytes[i] ?? 0] ?? 0;
  if (kind === 0 || kind === 3) return i;
  while (kind !== 0) kind = NAME_BYTES[bytes[++i] ?? 0] ?? 0;
  return i;
}

/** Past the label's name that begins at `i`; `i` where none does. */
export function labelNameEnd(bytes: Uint8Array, i: number): number {
  let kind = NAME_BYTES[bytes[i] ?? 0] ?? 0;
  if (kind !== 1) return i;
  while (kind === 1 || kind === 3) kind = NAME_BYTES[bytes[++i] ?? 0] ?? 0;
  return i;
}

/** By byte: 1 where a string goes on without further ado: printable ASCII but quotes and backslashes. */
const PLAIN_BYTES = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= SPACE && byte < 0x7f && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);

/** Past the closing quote of a string of plain characters, as most are; -1 if it is another, or none. */
export function plainQuotedEnd(bytes: Uint8Array, i: number): number {
  if (bytes[i] !== QUOTE) return -1;
  do i++;
  while (PLAIN_BYTES[bytes[i] ?? 0] === 1);
  return bytes[i] === QUOTE && bytes[i + 1] !== 0 ? i + 1 : -1;
}

/** Where the lexers of Prometheus differ from string to string. */
export interface QuotedRules {
  /** Whether the string may hold line breaks as they are. */
  readonly allowsNewlines: boolean;
  /** Whether NUL bytes are part of the text; if not, there may be none. */
  readonly allowsNul: boolean;
}

/** The lexers look ahead past NUL bytes where they allow them: then these are a part of what stands before them. */
export function afterNul(bytes: Uint8Array, i: number): number {
  while (bytes[i] === 0) i++;
  return i;
}

/**
 * Past the closing quote of the string whose opening quote is at `i`; -1 if it has none, or may not hold what it holds.
 * A backslash takes the next character with it, whichever it is, but not a line break.
 */
export function quotedEnd(bytes: Uint8Array, i: number, { allowsNewlines, allowsNul }: QuotedRules): number {
  for (;;) {
    i++;
    let byte = bytes[i];
    while (byte === 0 && allowsNul) byte = bytes[++i];
    if (byte === undefined || byte === 0) return -1;
    if (byte === QUOTE) return allowsNul ? afterNul(bytes, i + 1) : i + 1;
    if (byte === NEWLINE && !allowsNewlines) return -1;
    if (byte === BACKSLASH) {
      // As Prometheus's lexer does: it does not see NUL bytes here, so what comes after them is what is escaped.
      do byte = bytes[++i];
      while (byte === 0 && allowsNul);
      if (byte === undefined || byte === 0 || byte === NEWLINE) return -1;
    }
  }
}

/** Whether these bytes are UTF-8. */
export function isText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if ((bytes[i] ?? 0) >= 0x80) return isUtf8(bytes.subarray(start, end));
  return true;
}

/** As a string, malformed UTF-8 replaced. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return DECODER.decode(bytes.subarray(start, end));
}

/** A byte order mark is text here. */
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** Label values, quoted names, and all text of OpenMetrics: `\"`, `\\` and `\n`; other backslashes stand for themselves. */
export function unescapeValue(text: string): string {
  return text.includes("\\")
    ? text.replaceAll(/\\(["\\n])/g, (_, escaped) => (escaped === "n" ? "\n" : escaped))
    : text;
}

/** Help of the Prometheus text format: `\\` and `\n` only. */
export function unescapeHelp(text: string): string {
  return text.includes("\\") ? text.replaceAll(/\\([\\n])/g, (_, escaped) => (escaped === "n" ? "\n" : escaped)) : text;
}
