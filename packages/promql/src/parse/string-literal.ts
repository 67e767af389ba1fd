/** Strings in quotes, as Go reads them: escapes in single and double quotes, none in backticks. Source: Go, strconv.Unquote. */

/** What a string holds, and how long it is with its quotes; or what is wrong and where. */
export type Unquoted =
  | { readonly value: string; readonly length: number }
  | { readonly fault: string; readonly at: number };

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ["a", "\u0007"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["\\", "\\"],
]);

/** How many digits follow these letters, and in which base. */
const CODES: ReadonlyMap<string, readonly [digits: number, base: number]> = new Map([
  ["x", [2, 16]],
  ["u", [4, 16]],
  ["U", [8, 16]],
]);

/** Reads the string whose opening quote stands at `start`. */
export function unquote(text: string, start: number): Unquoted {
  const quote = text[start];
  if (quote === "`") {
    const end = text.indexOf("`", start + 1);
    if (end === -1) return { fault: "unterminated raw string", at: text.length };
    return { value: text.slice(start + 1, end).replaceAll("\r", ""), length: end + 1 - start };
  }
  const bytes: Uint8Array[] = [];
  const encoder = new TextEncoder();
  let at = start + 1;
  while (true) {
    const character = text[at];
    if (character === quote) return { value: decode(bytes), length: at + 1 - start };
    if (character === undefined || character === "\n") return { fault: "unterminated quoted string", at };
    if (character !== "\\") {
      const whole = String.fromCodePoint(text.codePointAt(at) ?? 0);
      bytes.push(encoder.encode(whole));
      at += whole.length;
      continue;
    }
    const escaped = readEscape(text, at + 1, quote ?? "");
    if (typeof escaped === "string") return { fault: escaped, at: at + 1 };
    bytes.push(typeof escaped.value === "number" ? Uint8Array.of(escaped.value) : encoder.encode(escaped.value));
    at += 1 + escaped.length;
  }
}

/** A number is a byte (`\xff`, `\377`); a string its characters. */
function readEscape(text: string, at: number, quote: string): { value: string | number; length: number } | string {
  const letter = text[at] ?? "";
  if (letter === quote) return { value: quote, length: 1 };
  const simple = SIMPLE.get(letter);
  if (simple !== undefined) return { value: simple, length: 1 };
  const octal = /^[0-7]{3}/.exec(text.slice(at, at + 3))?.[0];
  if (octal !== undefined) {
    const byte = Number.parseInt(octal, 8);
    return byte <= 255 ? { value: byte, length: 3 } : "octal escape value above 255";
  }
  const code = CODES.get(letter);
  if (code === undefined)
    return letter === "" ? "escape sequence not terminated" : `unknown escape sequence '\\${letter}'`;
  const [digits, base] = code;
  const hex = text.slice(at + 1, at + 1 + digits);
  if (!/^[0-9a-fA-F]+$/.test(hex) || hex.length !== digits)
    return `illegal character in escape sequence '\\${letter}${hex}'`;
  const point = Number.parseInt(hex, base);
  if (letter === "x") return { value: point, length: 1 + digits };
  if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
    return "escape sequence is an invalid Unicode code point";
  return { value: String.fromCodePoint(point), length: 1 + digits };
}

function decode(parts: readonly Uint8Array[]): string {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return new TextDecoder().decode(bytes);
}
