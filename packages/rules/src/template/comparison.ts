/** `eq`, `lt` and their kin. Source: Go, text/template/funcs.go. */
import { sprint } from "../go/print.ts";
import { typeName, type Value } from "../go/values.ts";
import { FunctionFault } from "./functions.ts";

type Basic = "bool" | "float" | "int" | "uint" | "string" | "other";

function basicKind(value: Value): Basic {
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "number":
      return "float";
    case "bigint":
      return "int";
    case "string":
      return "string";
    case "object":
      if (value.kind === "integer") return value.type === "uint8" ? "uint" : "int";
      return value.kind === "html" ? "string" : "other";
    default:
      return "other";
  }
}

/** Numbers, text and truth as JavaScript compares them. */
function plain(value: Value): bigint | number | string | boolean | undefined {
  if (typeof value !== "object") return value;
  if (value.kind === "integer") return value.value;
  return value.kind === "html" ? value.text : undefined;
}

/** What is wrong with comparing this value at all. */
export function compareFault(value: Value): string | undefined {
  const isUncomparable = typeof value === "object" && (value.kind === "map" || value.kind === "slice");
  return isUncomparable ? `non-comparable type ${sprint([value])}: ${typeName(value)}` : undefined;
}

export function isEqual(a: Value, b: Value): boolean {
  const first = compareFault(a);
  if (first !== undefined) throw new FunctionFault(first);
  const [kindA, kindB] = [basicKind(a), basicKind(b)];
  if (kindA !== kindB) {
    if (isWhole(kindA) && isWhole(kindB)) return plain(a) === plain(b);
    if (a !== undefined && b !== undefined) throw new FunctionFault("incompatible types for comparison");
    return false;
  }
  if (kindA !== "other") return plain(a) === plain(b);
  if (a === undefined || b === undefined) return a === b;
  const second = compareFault(b);
  if (second !== undefined) throw new FunctionFault(second);
  return a === b;
}

export function isLess(a: Value, b: Value): boolean {
  const [kindA, kindB] = [basicKind(a), basicKind(b)];
  for (const kind of [kindA, kindB]) if (kind === "other") throw new FunctionFault("invalid type for comparison");
  if (kindA !== kindB && !(isWhole(kindA) && isWhole(kindB)))
    throw new FunctionFault("incompatible types for comparison");
  if (kindA === "bool") throw new FunctionFault("invalid type for comparison");
  const [x, y] = [plain(a), plain(b)];
  return x !== undefined && y !== undefined && x < y;
}

function isWhole(kind: Basic): boolean {
  return kind === "int" || kind === "uint";
}
