/** What an action's value is printed as. Source: Go, text/template/exec.go, printableValue. */
import type { Value } from "../go/values.ts";

/** Pointers are printed as what they point to; nothing as `<no value>`. */
export function printed(value: Value): Value {
  if (value === undefined) return "<no value>";
  if (typeof value === "object" && value.kind === "struct" && value.type.startsWith("*"))
    return { ...value, type: value.type.slice(1) };
  return value;
}
