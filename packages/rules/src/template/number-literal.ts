/** Numbers and characters as Go's templates write them. Source: Go, text/template/parse/node.go, newNumber; strconv. */
import { quote, unquote } from "../go/quote.ts";

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;

/** An int (bigint) or a float64 (number), or what is wrong. */
export function parseNumber(
  text: string,
): { readonly value: bigint | number; readonly overflowsInt?: true } | { readonly fault: string } {
  if (text.startsWith("'")) {
    const character = unquote(text);
    if (character === undefined || [...character].length !== 1)
      return { fault: `malformed character constant: ${text}` };
    return { value: BigInt(character.codePointAt(0) ?? 0) };
  }
  const illegal = { fault: `illegal number syntax: ${quote(text)}` };
  // Underscores stand between digits, or behind a base's prefix.
  if (/__|_$|^[+-]?_|_[.eEpP+-]|[.eEpP+-]_/.test(text)) return illegal;
  const plain = text.replaceAll("_", "");
  const overflow = { fault: `integer overflow: ${quote(text)}` };
  const isNegative = plain.startsWith("-");
  const digits = plain.replace(/^[+-]/, "");
  const whole = wholeNumber(digits);
  if (whole !== undefined) {
    const value = isNegative ? -whole : whole;
    if (value >= MIN_INT && value <= MAX_INT) return { value };
    return whole <= MAX_UINT && !isNegative ? { value: Number(whole), overflowsInt: true } : overflow;
  }
  const hex = /^0x([\da-f]*)\.?([\da-f]*)p([+-]?\d+)$/i.exec(digits);
  if (hex !== null) {
    const [, before = "", after = "", exponent = "0"] = hex;
    const mantissa = Number.parseInt(`${before}${after}` || "0", 16) * 2 ** (-4 * after.length);
    return { value: (isNegative ? -1 : 1) * mantissa * 2 ** Number(exponent) };
  }
  if (!/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(digits)) return illegal;
  // Digits that are no whole number, as 08 is none, are taken for one that is too large.
  if (!/[.e]/i.test(digits)) return overflow;
  const value = Number(digits);
  return Number.isFinite(value) ? { value: isNegative ? -value : value } : illegal;
}

function wholeNumber(digits: string): bigint | undefined {
  if (/^(0x[\da-f]+|0b[01]+|0o[0-7]+)$/i.test(digits)) return BigInt(digits.toLowerCase());
  if (/^0[0-7]+$/.test(digits)) return BigInt(`0o${digits.slice(1)}`);
  return /^(0|[1-9]\d*)$/.test(digits) ? BigInt(digits) : undefined;
}
