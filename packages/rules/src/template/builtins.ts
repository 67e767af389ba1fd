/** The functions that all Go templates have. Source: Go, text/template/funcs.go. */
import { sprint, sprintf, sprintln } from "../go/print.ts";
import { isPrintable } from "../go/quote.ts";
import { isTruthy, typeName, type Value } from "../go/values.ts";
import { compareFault, isEqual, isLess } from "./comparison.ts";
import { FunctionFault, type Functions, type TemplateFunction } from "./functions.ts";
import { printed } from "./printed.ts";

/** `and` and `or` stop at the argument that decides: the evaluator does that, and these are for their signatures. */
export const BUILTINS: Functions = new Map<string, TemplateFunction>([
  ["and", { params: ["value"], rest: "value", call: (args) => args.find((arg) => !isTruthy(arg)) ?? args.at(-1) }],
  ["or", { params: ["value"], rest: "value", call: (args) => args.find(isTruthy) ?? args.at(-1) }],
  ["not", { params: ["value"], call: ([arg]) => !isTruthy(arg) }],
  ["call", { params: ["value"], rest: "value", call: ([fn]) => callNothing(fn) }],
  ["html", { params: [], rest: "any", call: (args) => escapeHtml(textOf(args)) }],
  ["js", { params: [], rest: "any", call: (args) => escapeJs(textOf(args)) }],
  ["urlquery", { params: [], rest: "any", call: (args) => queryEscape(textOf(args)) }],
  ["print", { params: [], rest: "any", call: sprint }],
  ["println", { params: [], rest: "any", call: sprintln }],
  ["printf", { params: ["string"], rest: "any", call: ([format, ...args]) => sprintf(format as string, args) }], // by its type
  ["len", { params: ["value"], call: ([value]) => length(value) }],
  [
    "index",
    { params: ["value"], rest: "value", call: ([value, ...keys]) => keys.reduce(element, some(value, "index")) },
  ],
  ["slice", { params: ["value"], rest: "value", call: ([value, ...bounds]) => part(some(value, "slice"), bounds) }],
  ["eq", { params: ["value"], rest: "value", call: ([first, ...others]) => equalsAny(first, others) }],
  ["ne", { params: ["value", "value"], call: ([a, b]) => !isEqual(a, b) }],
  ["lt", { params: ["value", "value"], call: ([a, b]) => isLess(a, b) }],
  ["le", { params: ["value", "value"], call: ([a, b]) => isLess(a, b) || isEqual(a, b) }],
  ["gt", { params: ["value", "value"], call: ([a, b]) => !(isLess(a, b) || isEqual(a, b)) }],
  ["ge", { params: ["value", "value"], call: ([a, b]) => !isLess(a, b) }],
]);

function callNothing(fn: Value): never {
  if (fn === undefined) throw new FunctionFault("call of nil");
  throw new FunctionFault(`non-function of type ${typeName(fn)}`);
}

function equalsAny(first: Value, others: readonly Value[]): boolean {
  const fault = compareFault(first);
  if (fault !== undefined) throw new FunctionFault(fault);
  if (others.length === 0) throw new FunctionFault("missing argument for comparison");
  return others.some((other) => isEqual(first, other));
}

function some(value: Value, what: string): Value {
  if (value === undefined) throw new FunctionFault(`${what} of untyped nil`);
  return value;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function length(value: Value): bigint {
  if (typeof value === "string") return BigInt(bytesOf(value).length);
  if (typeof value === "object") {
    if (value.kind === "html") return BigInt(bytesOf(value.text).length);
    if (value.kind === "map") return BigInt(value.entries.size);
    if (value.kind === "slice") return BigInt(value.items.length);
  }
  if (value === undefined) throw new FunctionFault("reflect: call of reflect.Value.Type on zero Value");
  throw new FunctionFault(`len of type ${typeName(value).replace("*", "")}`);
}

/** One step of `index`. */
function element(value: Value, key: Value): Value {
  if (typeof value === "object" && value.kind === "map") {
    if (key === undefined) throw new FunctionFault("value is nil; should be of type string");
    if (typeof key !== "string") throw new FunctionFault(`value has type ${typeName(key)}; should be string`);
    return value.entries.get(key) ?? (value.type === "map[string]string" ? "" : undefined);
  }
  if (typeof value === "object" && value.kind === "slice") return value.items[position(key, value.items.length)];
  if (typeof value === "string") {
    const bytes = bytesOf(value);
    return { kind: "integer", type: "uint8", value: BigInt(bytes[position(key, bytes.length)] ?? 0) };
  }
  if (value === undefined) throw new FunctionFault("index of nil pointer");
  throw new FunctionFault(`can't index item of type ${typeName(value).replace("*", "")}`);
}

function position(key: Value, size: number): number {
  if (key === undefined) throw new FunctionFault("cannot index slice/array with nil");
  const index =
    typeof key === "bigint" ? key : typeof key === "object" && key.kind === "integer" ? key.value : undefined;
  if (index === undefined) throw new FunctionFault(`cannot index slice/array with type ${typeName(key)}`);
  if (index < 0n || index >= BigInt(size)) throw new FunctionFault(`index out of range: ${index}`);
  return Number(index);
}

function part(value: Value, bounds: readonly Value[]): Value {
  if (bounds.length > 3) throw new FunctionFault(`too many slice indexes: ${bounds.length}`);
  const isText = typeof value === "string";
  if (isText && bounds.length === 3) throw new FunctionFault("cannot 3-index slice a string");
  const list = isText ? bytesOf(value) : typeof value === "object" && value.kind === "slice" ? value.items : undefined;
  if (list === undefined) throw new FunctionFault(`can't slice item of type ${typeName(value).replace("*", "")}`);
  const places = bounds.map((bound) => position(bound, list.length + 1));
  const [from = 0, to = list.length, cap] = places;
  if (from > to) throw new FunctionFault(`invalid slice index: ${from} > ${to}`);
  if (cap !== undefined && to > cap) throw new FunctionFault(`invalid slice index: ${to} > ${cap}`);
  if (list instanceof Uint8Array) return new TextDecoder().decode(list.slice(from, to));
  return { kind: "slice", type: "template.queryResult", items: list.slice(from, to) };
}

/** Arguments as one text. */
function textOf(args: readonly Value[]): string {
  const [first] = args;
  return args.length === 1 && typeof first === "string" ? first : sprint(args.map(printed));
}

const HTML: ReadonlyMap<string, string> = new Map([
  ["\0", "\ufffd"],
  ['"', "&#34;"],
  ["'", "&#39;"],
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
]);

function escapeHtml(text: string): string {
  return text.replaceAll(/["'&<>\0]/g, (character) => HTML.get(character) ?? "");
}

function escapeJs(text: string): string {
  let escaped = "";
  for (const whole of text) {
    const point = whole.codePointAt(0) ?? 0;
    const hex = point.toString(16).toUpperCase().padStart(4, "0");
    if (whole === "\\" || whole === "'" || whole === '"') escaped += `\\${whole}`;
    else if (point < 0x20 || "<>&=".includes(whole)) escaped += `\\u${hex}`;
    else escaped += point < 0x80 || isPrintable(whole) ? whole : `\\u${hex}`;
  }
  return escaped;
}

/** As Go's url.QueryEscape: blanks are plusses. */
export function queryEscape(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll("%20", "+")
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
