/** Whether a value may be a function's argument. Source: Go, text/template/exec.go, validateType and evalArg. */
import { typeName, type Value } from "../go/values.ts";
import type { ParamType } from "./functions.ts";
import { nodeText, type Operand } from "./nodes.ts";

type Checked = { readonly value: Value } | { readonly fault: string };

/** Types whose values may be nil. */
const NILABLE: ReadonlySet<ParamType> = new Set<ParamType>([
  "any",
  "value",
  "*template.sample",
  "template.queryResult",
  "*time.Time",
]);

/** A value that was computed. */
export function checkedValue(value: Value, type: ParamType): Checked {
  if (type === "any" || type === "value") return { value };
  if (value === undefined) return NILABLE.has(type) ? { value } : { fault: `invalid value; expected ${type}` };
  const actual = typeName(value);
  if (actual === type) return { value };
  return { fault: `wrong type for value; expected ${type}; got ${actual}` };
}

/** A value that is written as it is; numbers fit where they can. */
export function checkedLiteral(node: Operand, type: ParamType): Checked {
  if (node.kind === "nil") return NILABLE.has(type) ? { value: undefined } : { fault: `cannot assign nil to ${type}` };
  if (!("value" in node)) return { fault: `can't handle ${nodeText(node)} for arg of type ${type}` };
  const { kind, value } = node;
  switch (type) {
    case "string":
      return kind === "string" ? { value } : { fault: `expected string; found ${nodeText(node)}` };
    case "float64":
      return kind === "number" ? { value: Number(value) } : { fault: `expected float; found ${nodeText(node)}` };
    case "int":
      if (typeof value === "bigint") return { value };
      if (typeof value === "number" && Number.isInteger(value)) return { value: BigInt(value) };
      return { fault: `expected integer; found ${nodeText(node)}` };
    case "time.Duration":
      if (typeof value === "bigint") return { value: { kind: "integer", type: "time.Duration", value } };
      return { fault: `expected integer; found ${nodeText(node)}` };
    default:
      return { fault: `can't handle ${nodeText(node)} for arg of type ${type}` };
  }
}
