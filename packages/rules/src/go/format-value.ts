/** One operand of Go's fmt by one verb. Source: Go, fmt/print.go and fmt/format.go. */
import { formatBinaryFloat } from "./binary-float-text.ts";
import { type FloatVerb, formatFloat } from "./float-text.ts";
import { backquoted, isPrintable, quote } from "./quote.ts";
import { ownText, typeName, type Value } from "./values.ts";

/** Addresses are of no use to a reader, and differ each time. */
const ADDRESS = "0xc000000000";

export interface Flags {
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  width: number | undefined;
  precision: number | undefined;
  /** `%+v`: with the fields' names. */
  plusV: boolean;
  /** `%#v`: as Go's source would have it. */
  sharpV: boolean;
}

export const NO_FLAGS: Readonly<Flags> = {
  minus: false,
  plus: false,
  sharp: false,
  space: false,
  zero: false,
  width: undefined,
  precision: undefined,
  plusV: false,
  sharpV: false,
};

/** One operand by one verb. */
export function formatValue(value: Value, verb: string, flags: Readonly<Flags>, depth: number): string {
  if (value === undefined) {
    if (verb === "T" || verb === "v") return pad("<nil>", flags);
    return `%!${verb}(<nil>)`;
  }
  if (verb === "T") return formatString(typeName(value), "s", flags);
  if (verb === "w") return badVerb(value, verb);
  if (verb === "p") return typeName(value).startsWith("*") ? pad(ADDRESS, flags) : badVerb(value, verb);
  const own = ownText(value);
  if (own !== undefined && "vsxXq".includes(verb) && !flags.sharpV) return formatString(own, verb, flags);
  switch (typeof value) {
    case "boolean":
      return verb === "t" || verb === "v" ? pad(String(value), flags) : badVerb(value, verb);
    case "number":
      return formatNumber(value, verb, flags);
    case "bigint":
      return formatInteger(value, value, verb, flags);
    case "string":
      return formatString(value, verb, flags) ?? badVerb(value, verb);
    default:
      return formatObject(value, verb, flags, depth);
  }
}

function formatObject(
  value: Exclude<Value, undefined | boolean | string | number | bigint>,
  verb: string,
  flags: Readonly<Flags>,
  depth: number,
): string {
  const inner = (one: Value): string => formatValue(one, verb, flags, depth + 1);
  const isGoSyntax = flags.sharpV;
  switch (value.kind) {
    case "html":
      return formatString(value.text, verb, flags);
    case "integer":
      return formatInteger(value.value, value, verb, flags);
    case "time":
      return badVerb(value, verb);
    case "slice": {
      const items = value.items.map((item) => (typeName(item).startsWith("*") ? ADDRESS : inner(item)));
      return isGoSyntax ? `${value.type}{${items.join(", ")}}` : `[${items.join(" ")}]`;
    }
    case "map": {
      const keys = [...value.entries.keys()].sort();
      const pairs = keys.map((key) => `${inner(key)}:${inner(value.entries.get(key))}`);
      return isGoSyntax ? `${value.type}{${pairs.join(", ")}}` : `map[${pairs.join(" ")}]`;
    }
    case "struct": {
      const isPointer = value.type.startsWith("*");
      if (isPointer && depth > 0) return ADDRESS;
      const hasNames = flags.plusV || flags.sharpV;
      const fields = [...value.fields].map(([name, field]) => `${hasNames ? `${name}:` : ""}${inner(field)}`);
      const body = isGoSyntax ? `${value.type.replace("*", "")}{${fields.join(", ")}}` : `{${fields.join(" ")}}`;
      return `${isPointer ? "&" : ""}${body}`;
    }
    default:
      return value satisfies never;
  }
}

function badVerb(value: Value, verb: string): string {
  return `%!${verb}(${typeName(value)}=${formatValue(value, "v", NO_FLAGS, 0)})`;
}

function formatNumber(value: number, verb: string, flags: Readonly<Flags>): string {
  const { precision } = flags;
  switch (verb) {
    case "v":
      return padFloat(formatFloat(value, "g", precision), flags);
    case "g":
    case "G":
      return padFloat(formatFloat(value, verb, precision), flags);
    case "e":
    case "E":
    case "f":
    case "F":
      return padFloat(formatFloat(value, (verb === "F" ? "f" : verb) as FloatVerb, precision ?? 6), flags); // by the cases
    case "x":
    case "X":
    case "b":
      return padFloat(formatBinaryFloat(value, verb, precision), flags);
    default:
      return badVerb(value, verb);
  }
}

function padFloat(text: string, flags: Readonly<Flags>): string {
  const isNegative = text.startsWith("-");
  const body = text.replace(/^[-+]/, "");
  const hasDigits = /^\d/.test(body);
  let sign = isNegative ? "-" : flags.plus ? "+" : flags.space ? " " : "";
  // Infinity has its sign with %+v only, as other numbers; NaN has none.
  if (body === "Inf" && sign === "") sign = "+";
  if (!hasDigits || !flags.zero || flags.width === undefined) return pad(sign + body, { ...flags, zero: false });
  return sign + body.padStart(flags.width - sign.length, "0");
}

const BASES: ReadonlyMap<string, readonly [base: number, prefix: string]> = new Map([
  ["v", [10, ""]],
  ["d", [10, ""]],
  ["b", [2, "0b"]],
  ["o", [8, "0"]],
  ["O", [8, "0o"]],
  ["x", [16, "0x"]],
  ["X", [16, "0X"]],
]);

function formatInteger(value: bigint, original: Value, verb: string, flags: Readonly<Flags>): string {
  const isRune = value >= 0n && value <= 0x10ffffn;
  const rune = (): string => (isRune ? String.fromCodePoint(Number(value)) : "\ufffd");
  if (verb === "c") return pad(rune(), flags);
  if (verb === "q") return pad(quote(rune(), { mark: "'", ascii: flags.plus }), flags);
  if (verb === "U") {
    const code = `U+${BigInt.asUintN(64, value)
      .toString(16)
      .toUpperCase()
      .padStart(Math.max(4, flags.precision ?? 0), "0")}`;
    return pad(flags.sharp && isRune && isPrintable(rune()) ? `${code} '${rune()}'` : code, { ...flags, zero: false });
  }
  const form = BASES.get(verb);
  if (form === undefined) return badVerb(original, verb);
  const [base, prefix] = form;
  const sign = value < 0n ? "-" : flags.plus ? "+" : flags.space ? " " : "";
  const { precision, width } = flags;
  if (precision === 0 && value === 0n) return pad("", { ...flags, zero: false });
  let least = precision ?? 0;
  if (precision === undefined && flags.zero && width !== undefined) least = width - sign.length;
  let digits = (value < 0n ? -value : value).toString(base).padStart(least, "0");
  if (verb === "X") digits = digits.toUpperCase();
  if (verb === "O" || (flags.sharp && !(verb === "o" && digits.startsWith("0")))) digits = prefix + digits;
  return pad(sign + digits, { ...flags, zero: false });
}

function formatString(text: string, verb: string, flags: Readonly<Flags>): string {
  const cut = flags.precision === undefined ? text : [...text].slice(0, flags.precision).join("");
  switch (verb) {
    case "v":
      return flags.sharpV ? pad(quote(cut), flags) : pad(cut, flags);
    case "s":
      return pad(cut, flags);
    case "q":
      if (flags.sharp) return pad(backquoted(cut), flags);
      return pad(quote(cut, { ascii: flags.plus }), flags);
    case "x":
    case "X":
      return pad(hexText(text, verb, flags), flags);
    default:
      return badVerb(text, verb);
  }
}

function hexText(text: string, verb: "x" | "X", { sharp, space, precision }: Readonly<Flags>): string {
  const bytes = [...new TextEncoder().encode(text)].slice(0, precision);
  const prefix = sharp ? `0${verb}` : "";
  const pairs = bytes.map((byte) => byte.toString(16).padStart(2, "0"));
  const shown = verb === "X" ? pairs.map((pair) => pair.toUpperCase()) : pairs;
  if (shown.length === 0) return "";
  return space ? shown.map((pair) => prefix + pair).join(" ") : prefix + shown.join("");
}

function pad(text: string, { width, minus, zero }: Readonly<Flags>): string {
  if (width === undefined) return text;
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  return minus ? text + " ".repeat(missing) : (zero ? "0" : " ").repeat(missing) + text;
}
