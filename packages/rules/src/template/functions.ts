/** What a template's function is: which values it takes, and what it gives. */
import type { Value } from "../go/values.ts";

/** `value` takes anything, as Go's own functions do; `any` as well, but never tells nil from what is not there. */
export type ParamType =
  | "string"
  | "float64"
  | "int"
  | "any"
  | "value"
  | "*template.sample"
  | "template.queryResult"
  | "time.Duration"
  | "*time.Time";

export interface TemplateFunction {
  readonly params: readonly ParamType[];
  /** Of all arguments after those. */
  readonly rest?: ParamType | undefined;
  /** @throws {FunctionFault} */
  call(args: readonly Value[]): Value;
}

export type Functions = ReadonlyMap<string, TemplateFunction>;

/** A function cannot give a result: the reason, in Go's words. */
export class FunctionFault extends Error {
  override readonly name = "FunctionFault";
}

/** What Go says of code that asks nothing for something. */
export const NIL_DEREFERENCE = "runtime error: invalid memory address or nil pointer dereference";
