/** Go's quoted strings, read and written. Source: Go, strconv/quote.go. */

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ["\u0007", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\v", "\\v"],
  ["\\", "\\\\"],
]);

/** As `%q`: in double quotes, what cannot be printed escaped; with `ascii` as `%+q`. */
export function quote(text: string, options: { readonly mark?: '"' | "'"; readonly ascii?: boolean } = {}): string {
  const mark = options.mark ?? '"';
  let quoted = mark as string;
  for (const whole of text) quoted += escaped(whole, mark, options.ascii === true);
  return quoted + mark;
}

function escaped(whole: string, mark: string, ascii: boolean): string {
  if (whole === mark) return `\\${mark}`;
  const simple = SIMPLE.get(whole);
  if (simple !== undefined) return simple;
  const point = whole.codePointAt(0) ?? 0;
  if (ascii ? point >= 0x20 && point < 0x7f : isPrintable(whole)) return whole;
  if (point < 0x20 || point === 0x7f) return `\\x${point.toString(16).padStart(2, "0")}`;
  const hex = point.toString(16);
  return point > 0xffff ? `\\U${hex.padStart(8, "0")}` : `\\u${hex.padStart(4, "0")}`;
}

/** In back quotes if they can hold it. Source: Go, strconv.CanBackquote. */
export function backquoted(text: string): string {
  const canHold = [...text].every(
    (rune) => rune === "\t" || (rune >= " " && rune !== "`" && rune !== "\u007f" && rune !== "\ufeff"),
  );
  return canHold ? `\`${text}\`` : quote(text);
}

/** Letters, marks, numbers, punctuation, symbols, and the common blank. */
export function isPrintable(whole: string): boolean {
  return whole === " " || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(whole);
}

const ESCAPES: ReadonlyMap<string, string> = new Map([...SIMPLE].map(([whole, written]) => [written.slice(1), whole]));

/** What a quoted or raw string, or a character constant, holds; `undefined` if it is wrong. Source: strconv.Unquote. */
export function unquote(source: string): string | undefined {
  const mark = source[0] ?? "";
  const body = source.slice(1, -1);
  if (source.length < 2 || source.at(-1) !== mark) return undefined;
  if (mark === "`") return body.replaceAll("\r", "");
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (let at = 0; at < body.length; ) {
    const whole = String.fromCodePoint(body.codePointAt(at) ?? 0);
    if (whole !== "\\") {
      if (whole === "\n" || whole === mark) return undefined;
      bytes.push(...encoder.encode(whole));
      at += whole.length;
      continue;
    }
    const read = readEscape(body.slice(at + 1), mark);
    if (read === undefined) return undefined;
    if (typeof read.value === "number") bytes.push(read.value);
    else bytes.push(...encoder.encode(read.value));
    at += 1 + read.length;
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

function readEscape(rest: string, mark: string): { value: string | number; length: number } | undefined {
  const letter = rest[0] ?? "";
  if (letter === mark) return { value: mark, length: 1 };
  const simple = ESCAPES.get(letter);
  if (simple !== undefined) return { value: simple, length: 1 };
  const octal = /^[0-3][0-7]{2}/.exec(rest)?.[0];
  if (octal !== undefined) return { value: Number.parseInt(octal, 8), length: 3 };
  const hex = /^(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/.exec(rest);
  if (hex === null) return undefined;
  const point = Number.parseInt(hex[1] ?? hex[2] ?? hex[3] ?? "", 16);
  if (hex[1] !== undefined) return { value: point, length: hex[0].length };
  if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return undefined;
  return { value: String.fromCodePoint(point), length: hex[0].length };
}
