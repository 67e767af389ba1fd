/** The functions that Prometheus adds to Go's. Source: Prometheus, template/template.go. */
import { isIP } from "node:net";
import { parseDuration } from "@haltwatch/promql";
import { RE2JS } from "re2js";
import { backquoted, quote } from "../go/quote.ts";
import type { GoSlice, GoStruct, Value } from "../go/values.ts";
import { queryEscape } from "./builtins.ts";
import { FunctionFault, type Functions, NIL_DEREFERENCE, type TemplateFunction } from "./functions.ts";
import {
  humanize,
  humanize1024,
  humanizeDuration,
  humanizePercentage,
  humanizeTimestamp,
  toFloat,
  toTime,
} from "./humanize.ts";

/** One series of a query's result. */
export interface QuerySample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface TemplateSurroundings {
  /** The evaluation's time, Unix milliseconds. */
  readonly timeMs: number;
  /** The server's address for people. */
  readonly externalUrl: string;
  /** Answers an instant query at that time. @throws for a query that cannot be answered */
  query(query: string): readonly QuerySample[];
}

const string = (value: Value): string => value as string; // a parameter of type string was checked

export function prometheusFunctions({ timeMs, externalUrl, query }: TemplateSurroundings): Functions {
  const one = (call: (value: Value) => Value): TemplateFunction => ({
    params: ["any"],
    call: ([value]) => call(value),
  });
  const text = (call: (text: string) => Value): TemplateFunction => ({
    params: ["string"],
    call: ([value]) => call(string(value)),
  });
  return new Map<string, TemplateFunction>([
    ["query", text((expr) => ({ kind: "slice", type: "template.queryResult", items: query(expr).map(sampleValue) }))],
    ["first", { params: ["template.queryResult"], call: ([list]) => first(list) }],
    ["label", { params: ["string", "*template.sample"], call: ([name, sample]) => labelOf(sample, string(name)) }],
    ["value", { params: ["*template.sample"], call: ([sample]) => fieldOf(sample, "Value") }],
    ["strvalue", { params: ["*template.sample"], call: ([sample]) => labelOf(sample, "__value__") }],
    ["args", { params: [], rest: "any", call: namedArgs }],
    [
      "reReplaceAll",
      {
        params: ["string", "string", "string"],
        call: ([re, by, on]) => replaceAll(string(re), string(by), string(on)),
      },
    ],
    ["match", { params: ["string", "string"], call: ([re, on]) => isMatch(string(re), string(on)) }],
    ["safeHtml", text((html) => ({ kind: "html", text: html }))],
    ["title", text(titled)],
    ["toUpper", text((plain) => eachRune(plain, (rune) => rune.toUpperCase()))],
    ["toLower", text((plain) => eachRune(plain, (rune) => rune.toLowerCase()))],
    ["graphLink", text((expr) => `/graph?g0.expr=${queryEscape(expr)}&g0.tab=0`)],
    ["tableLink", text((expr) => `/graph?g0.expr=${queryEscape(expr)}&g0.tab=1`)],
    ["sortByLabel", { params: ["string", "template.queryResult"], call: ([by, list]) => sorted(list, string(by)) }],
    ["stripPort", text((address) => splitHostPort(address)?.host ?? address)],
    ["stripDomain", text(stripDomain)],
    ["humanize", one((value) => humanize(toFloat(value)))],
    ["humanize1024", one((value) => humanize1024(toFloat(value)))],
    ["humanizeDuration", one((value) => humanizeDuration(toFloat(value)))],
    ["humanizePercentage", one((value) => humanizePercentage(toFloat(value)))],
    ["humanizeTimestamp", one((value) => humanizeTimestamp(toFloat(value)))],
    ["toTime", one((value) => toTime(toFloat(value)))],
    ["toDuration", one((value) => durationOf(toFloat(value)))],
    ["now", { params: [], call: () => timeMs / 1000 }],
    ["pathPrefix", { params: [], call: () => pathOf(externalUrl) }],
    ["externalURL", { params: [], call: () => externalUrl }],
    ["parseDuration", text(secondsOf)],
    ["urlQueryEscape", text(queryEscape)],
  ]);
}

/** The URL's path: none is empty, and not a slash. */
function pathOf(url: string): string {
  return /^[a-z][a-z\d+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] ?? "";
}

function sampleValue({ labels, value }: QuerySample): GoStruct {
  return {
    kind: "struct",
    type: "*template.sample",
    fields: new Map<string, Value>([
      ["Labels", { kind: "map", type: "map[string]string", entries: new Map(Object.entries(labels)) }],
      ["Value", value],
    ]),
  };
}

function first(list: Value): Value {
  const item = (list as GoSlice | undefined)?.items[0]; // by the parameter's type
  if (item === undefined) throw new FunctionFault("first() called on vector with no elements");
  return item;
}

function fieldOf(sample: Value, name: string): Value {
  if (sample === undefined) throw new FunctionFault(NIL_DEREFERENCE);
  return (sample as GoStruct).fields.get(name); // by the parameter's type
}

function labelOf(sample: Value, name: string): Value {
  const labels = fieldOf(sample, "Labels");
  return typeof labels === "object" && labels.kind === "map" ? (labels.entries.get(name) ?? "") : "";
}

/** Most values within values of `args`: each of a few levels could hold the one before many times. */
const MAX_ARGS_WEIGHT = 100_000;

function namedArgs(args: readonly Value[]): Value {
  const weight = args.reduce((sum: number, arg) => sum + weightOf(arg), 1);
  if (weight > MAX_ARGS_WEIGHT) throw new FunctionFault(`more than ${MAX_ARGS_WEIGHT} values in args`);
  return {
    weight,
    kind: "map",
    type: "map[string]interface {}",
    entries: new Map(args.map((arg, index) => [`arg${index}`, arg])),
  };
}

function weightOf(value: Value): number {
  if (typeof value !== "object") return 1;
  return value.kind === "map" ? (value.weight ?? value.entries.size) : 1;
}

function sorted(list: Value, by: string): Value {
  if (list === undefined) return list;
  const slice = list as GoSlice; // by the parameter's type
  const key = (sample: Value): string => labelOf(sample, by) as string; // a label is text
  return { ...slice, items: slice.items.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)) };
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new FunctionFault(error instanceof Error ? error.message : String(error));
  }
}

function isMatch(pattern: string, text: string): boolean {
  return compile(pattern).matcher(text).find();
}

/** `$1`, `${1}` and `${name}` in the replacement are groups; of Go's `Expand`: `$1x` is the group named `1x`. */
function replaceAll(pattern: string, replacement: string, text: string): string {
  let compiled: RE2JS;
  try {
    compiled = compile(pattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FunctionFault(`regexp: Compile(${backquoted(pattern)}): ${reason}`);
  }
  const matcher = compiled.matcher(text);
  const names = compiled.namedGroups();
  const groupText = (name: string): string => {
    const index = /^\d+$/.test(name) ? Number(name) : names[name];
    return index === undefined || index > matcher.groupCount() ? "" : (matcher.group(index) ?? "");
  };
  let result = "";
  let from = 0;
  let lastEnd = -1;
  while (matcher.find()) {
    // An empty match right behind another does not count.
    if (matcher.start() === matcher.end() && matcher.start() === lastEnd) continue;
    lastEnd = matcher.end();
    result += text.slice(from, matcher.start());
    result += replacement.replaceAll(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) =>
      whole === "$$" ? "$" : groupText(braced ?? bare ?? ""),
    );
    from = matcher.end();
  }
  return result + text.slice(from);
}

/** Each character by itself; one that would become several stays as it is. */
function eachRune(text: string, change: (rune: string) => string): string {
  let changed = "";
  for (const rune of text) {
    const other = change(rune);
    changed += [...other].length === 1 ? other : rune;
  }
  return changed;
}

/** Each word's first letter large, the rest as it is. Source: Go, strings.Title. */
function titled(text: string): string {
  let before = " ";
  return eachRune(text, (rune) => {
    const isFirst = !/[\p{L}\p{Nd}_]/u.test(before) && (before <= "\u007f" || /\s/.test(before));
    before = rune;
    return isFirst ? rune.toUpperCase() : rune;
  });
}

/** Source: Go, net.SplitHostPort. */
function splitHostPort(address: string): { host: string; port: string } | undefined {
  const bracketed = /^\[([^[\]]*)\]:([^:[\]]*)$/.exec(address);
  const plain = bracketed ?? /^([^:[\]]*):([^:[\]]*)$/.exec(address);
  return plain === null ? undefined : { host: plain[1] ?? "", port: plain[2] ?? "" };
}

function stripDomain(address: string): string {
  const { host, port } = splitHostPort(address) ?? { host: address, port: "" };
  if (isIP(host) !== 0) return address;
  const name = host.split(".")[0] ?? "";
  return port === "" ? name : `${name}:${port}`;
}

function durationOf(seconds: number): Value {
  if (!Number.isFinite(seconds)) throw new FunctionFault("value is NaN or Inf");
  const ns = seconds * 1e9;
  if (Math.abs(ns) > 2 ** 63)
    throw new FunctionFault(`${seconds} cannot be represented as a nanoseconds duration since it overflows int64`);
  return { kind: "integer", type: "time.Duration", value: BigInt(Math.trunc(ns)) };
}

function secondsOf(text: string): number {
  const negative = text.startsWith("-");
  const plain = negative ? text.slice(1) : text;
  const ms = plain === "0" ? 0 : parseDuration(plain);
  if (ms === undefined)
    throw new FunctionFault(text === "" ? "empty duration string" : `not a valid duration string: ${quote(text)}`);
  return (negative ? -ms : ms) / 1000;
}
