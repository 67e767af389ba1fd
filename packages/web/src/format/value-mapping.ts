/** What stands for a value: `1` → "up". */
import type { MappedValue, ValueMapping } from "../dashboard/model.ts";
import type { Value } from "../query/frame.ts";
import { safeRegExp } from "./safe-reg-exp.ts";

/** @returns the first mapping's result that fits */
export function mappedValue(value: Value, mappings: readonly ValueMapping[]): MappedValue | undefined {
  for (const mapping of mappings) {
    const result = resultOf(value, mapping);
    if (result !== undefined) return result;
  }
  return undefined;
}

function resultOf(value: Value, mapping: ValueMapping): MappedValue | undefined {
  switch (mapping.kind) {
    case "value": {
      if (value === null || value === undefined) return mapping.results.get("null");
      return mapping.results.get(String(value)) ?? sameNumber(value, mapping.results);
    }
    case "range": {
      const number =
        typeof value === "number" ? value : typeof value === "string" ? Number.parseFloat(value) : Number.NaN;
      return number >= mapping.from && number <= mapping.to ? mapping.result : undefined;
    }
    case "regex": {
      if (value === null || value === undefined) return undefined;
      const text = String(value);
      const pattern = safeRegExp(mapping.pattern);
      if (pattern === undefined || !pattern.test(text)) return undefined;
      const shown = mapping.result.text;
      return { ...mapping.result, text: shown === undefined ? undefined : text.replace(pattern, shown) };
    }
    case "special":
      return isSpecial(value, mapping.match) ? mapping.result : undefined;
  }
}

/** `"1.0"` in a mapping means 1. */
function sameNumber(value: Value, results: ReadonlyMap<string, MappedValue>): MappedValue | undefined {
  if (typeof value !== "number" || results.size > 100) return undefined;
  for (const [key, result] of results) if (key.trim() !== "" && Number(key) === value) return result;
  return undefined;
}

function isSpecial(value: Value, match: (ValueMapping & { kind: "special" })["match"]): boolean {
  const isNull = value === null || value === undefined;
  const isNan = typeof value === "number" && Number.isNaN(value);
  switch (match) {
    case "null":
      return isNull || isNan;
    case "nan":
      return isNan;
    case "null+nan":
      return isNull || isNan;
    case "true":
      return value === true || value === "true";
    case "false":
      return value === false || value === "false";
    case "empty":
      return value === "";
  }
}
