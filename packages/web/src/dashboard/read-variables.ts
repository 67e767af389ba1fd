/** `templating.list`: what a dashboard lets people choose. */
import { at, countOf, flagOf, isObject, type Json, type JsonObject, listOf, objectsOf, textOf } from "./json.ts";
import type { Variable, VariableKind, VariableOption } from "./model.ts";

const MAX_VARIABLES = 100;
const MAX_OPTIONS = 2000;
/** Grafana allows word characters in names. */
const NAME = /^\w{1,200}$/;

export const ALL = "$__all";

export function readVariables(json: Json | undefined): readonly Variable[] {
  const names = new Set<string>();
  return objectsOf(json, MAX_VARIABLES).flatMap((from) => {
    const name = textOf(from["name"], 200) ?? "";
    if (!NAME.test(name) || names.has(name)) return [];
    names.add(name);
    return [readVariable(from, name)];
  });
}

function readVariable(from: JsonObject, name: string): Variable {
  const type = textOf(from["type"], 100) ?? "";
  const kind = kindOf(type);
  const query = queryOf(from);
  const isMulti = flagOf(from["multi"]);
  return {
    name,
    kind,
    type,
    label: textOf(from["label"], 500) ?? "",
    description: textOf(from["description"], 2000) ?? "",
    hide: kind === "constant" || from["hide"] === 2 ? "everything" : from["hide"] === 1 ? "label" : "nothing",
    query,
    regex: textOf(from["regex"], 2000) ?? "",
    sort: countOf(from["sort"], { least: 0, most: 8, otherwise: 0 }),
    isMulti,
    hasAll: flagOf(from["includeAll"]),
    allValue: textOf(from["allValue"], 5000) ?? "",
    options:
      kind === "custom" ? customOptions(query) : kind === "interval" ? intervalOptions(query) : savedOptions(from),
    current: currentOf(from),
    refreshesOnTime: from["refresh"] === 2,
    auto: flagOf(from["auto"])
      ? {
          count: countOf(from["auto_count"], { least: 1, most: 10_000, otherwise: 30 }),
          least: textOf(from["auto_min"], 50) ?? "10s",
        }
      : undefined,
    isInUrl: !flagOf(from["skipUrlSync"]) && kind !== "constant",
  };
}

function kindOf(type: string): VariableKind {
  switch (type) {
    case "query":
    case "custom":
    case "interval":
    case "datasource":
    case "constant":
    case "textbox":
    case "adhoc":
    case "groupby":
    case "switch":
    case "system":
      return type;
    default:
      return "unknown";
  }
}

/** A text, or an object that holds it: Grafana 9 and later write `{query, refId}`. */
function queryOf(from: JsonObject): string {
  const { query, definition } = from;
  if (typeof query === "string" || typeof query === "number") return textOf(query) ?? "";
  return textOf(at(query, "query")) ?? textOf(at(query, "expr")) ?? textOf(definition) ?? "";
}

/** `stake : _scaled,count :`: text and value with ` : ` between them, commas as `\,`; or a list in JSON. */
function customOptions(query: string): readonly VariableOption[] {
  const parts = query.match(/(?:\\,|[^,])+/g) ?? [];
  return parts.slice(0, MAX_OPTIONS).map((part) => {
    const text = part.replaceAll("\\,", ",").trim();
    const match = /^\s*(.+)\s:\s*(.*)$/.exec(part.replaceAll("\\,", ","));
    if (match !== null) return { text: (match[1] ?? "").trim(), value: (match[2] ?? "").trim() };
    return { text, value: text };
  });
}

/** Words between commas or quotes: `1m,10m,"1h"`. */
function intervalOptions(query: string): readonly VariableOption[] {
  const parts = query.match(/(["'])(.*?)\1|\w+/g) ?? [];
  return parts.slice(0, MAX_OPTIONS).map((part) => {
    const text = part.replace(/^["']|["']$/g, "");
    return { text, value: text };
  });
}

function savedOptions(from: JsonObject): readonly VariableOption[] {
  return objectsOf(from["options"], MAX_OPTIONS).flatMap((one) => {
    const value = textOf(one["value"], 2000);
    if (value === undefined || value === ALL) return [];
    return [{ text: textOf(one["text"], 2000) ?? value, value }];
  });
}

function currentOf(from: JsonObject): readonly string[] {
  const current = from["current"];
  if (!isObject(current)) return [];
  const { value, text } = current;
  if (Array.isArray(value)) return listOf(value, MAX_OPTIONS).flatMap((one) => textOf(one, 2000) ?? []);
  const single = textOf(value, 2000) ?? textOf(text, 2000);
  return single === undefined ? [] : [single];
}
