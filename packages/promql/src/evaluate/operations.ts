/** What binary operators make of two numbers. Source: Prometheus 3, promql/engine.go (`scalarBinop`, `vectorElemBinop`). */
import type { BinaryOperator } from "../ast.ts";

/** The number; for comparisons 1 or 0. */
export type Operation = (left: number, right: number) => number;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "%": (left, right) => left % right,
  "^": power,
  atan2: Math.atan2,
  "==": (left, right) => (left === right ? 1 : 0),
  "!=": (left, right) => (left !== right ? 1 : 0),
  "<": (left, right) => (left < right ? 1 : 0),
  "<=": (left, right) => (left <= right ? 1 : 0),
  ">": (left, right) => (left > right ? 1 : 0),
  ">=": (left, right) => (left >= right ? 1 : 0),
};

export function operationOf(operator: BinaryOperator): Operation {
  const operation = OPERATIONS[operator];
  if (operation === undefined) throw new TypeError(`${operator} is not between numbers`);
  return operation;
}

/** Go's `math.Pow`: 1 to the power of anything is 1, and so is -1 to an infinite one. */
function power(base: number, exponent: number): number {
  if (base === 1) return 1;
  if (base === -1 && (exponent === Number.POSITIVE_INFINITY || exponent === Number.NEGATIVE_INFINITY)) return 1;
  return base ** exponent;
}
