/** `calculateField`: a field worked out of others: two of them, all in a row, or one after a function. */
import { at, flagOf, type Json, type JsonObject, numberOf, textOf, textsOf } from "../dashboard/json.ts";
import { type Field, type Frame, field, numeric } from "../query/frame.ts";
import { reduceField, reducerName } from "../query/reduce.ts";
import { joinByField } from "./join-by-field.ts";
import { fieldName, isNamed, withFields } from "./names.ts";

type Cell = (row: number) => number;

export function calculateField(
  frames: readonly Frame[],
  options: JsonObject,
  text: (text: string) => string,
): readonly Frame[] {
  const mode = textOf(options["mode"], 50) ?? "reduceRow";
  // Series of several frames are worked out where their times agree.
  const tables =
    frames.length > 1 &&
    mode !== "unary" &&
    mode !== "index" &&
    frames.every(({ fields }) => fields[0]?.type === "time")
      ? joinByField(frames, {})
      : frames;
  return tables.map((frame) => {
    const made = calculated(frame, mode, options, text);
    if (made === undefined) return frame;
    const alias = textOf(options["alias"], 500) ?? "";
    const values = Float64Array.from({ length: frame.length }, (_, row) => made.cell(row));
    const added = field(alias === "" ? made.name : text(alias), "number", values);
    const kept = flagOf(options["replaceFields"]) ? frame.fields.filter(({ type }) => type === "time") : frame.fields;
    return withFields(frame, [...kept, added]);
  });
}

function calculated(
  frame: Frame,
  mode: string,
  options: JsonObject,
  text: (text: string) => string,
): { name: string; cell: Cell } | undefined {
  switch (mode) {
    case "binary": {
      const left = operand(frame, at(options, "binary", "left"), text);
      const right = operand(frame, at(options, "binary", "right"), text);
      const operator = textOf(at(options, "binary", "operator"), 10) ?? "+";
      if (left === undefined || right === undefined) return undefined;
      return {
        name: `${left.name} ${operator} ${right.name}`,
        cell: (row) => operate(left.cell(row), operator, right.cell(row)),
      };
    }
    case "unary": {
      const from = named(frame, textOf(at(options, "unary", "fieldName"), 500) ?? "");
      const operator = textOf(at(options, "unary", "operator"), 20) ?? "abs";
      if (from === undefined) return undefined;
      return { name: `${operator} ${from.name}`, cell: (row) => unary(numeric(from.values[row]), operator) };
    }
    case "index":
      return {
        name: "Row",
        cell: (row) => (flagOf(at(options, "index", "asPercentile")) ? row / Math.max(1, frame.length - 1) : row),
      };
    case "reduceRow": {
      const include = textsOf(at(options, "reduce", "include"), 200);
      const calc = textOf(at(options, "reduce", "reducer"), 50) ?? "sum";
      const fields = frame.fields.filter(
        (one) => one.type === "number" && (include.length === 0 || include.some((name) => isNamed(one, frame, name))),
      );
      return {
        name: reducerName(calc),
        cell: (row) =>
          numeric(
            reduceField(
              field(
                "",
                "number",
                Float64Array.from(fields, ({ values }) => numeric(values[row])),
              ),
              calc,
            ),
          ),
      };
    }
    case "cumulativeFunctions":
      return cumulative(frame, options);
    case "windowFunctions":
      return windowed(frame, options);
    default:
      return undefined;
  }
}

/** A field by its name, or a number. */
function operand(
  frame: Frame,
  json: Json | undefined,
  text: (text: string) => string,
): { name: string; cell: Cell } | undefined {
  const matched = textOf(at(json, "matcher", "options"), 500);
  const written = text(matched ?? textOf(at(json, "fixed"), 500) ?? textOf(json, 500) ?? "");
  const from = named(frame, written);
  if (from !== undefined) return { name: fieldName(from, frame), cell: (row) => numeric(from.values[row]) };
  const number = numberOf(written);
  return number === undefined ? undefined : { name: written, cell: () => number };
}

function named(frame: Frame, name: string): Field | undefined {
  return frame.fields.find((one) => isNamed(one, frame, name));
}

function operate(left: number, operator: string, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
    case "^":
    case "**":
      return left ** right;
    case ">":
      return Number(left > right);
    case "<":
      return Number(left < right);
    case ">=":
      return Number(left >= right);
    case "<=":
      return Number(left <= right);
    case "==":
    case "=":
      return Number(left === right);
    default:
      return Number.NaN;
  }
}

function unary(value: number, operator: string): number {
  switch (operator) {
    case "abs":
      return Math.abs(value);
    case "exp":
      return Math.exp(value);
    case "ln":
      return Math.log(value);
    case "floor":
      return Math.floor(value);
    case "ceil":
      return Math.ceil(value);
    case "round":
      return Math.round(value);
    case "percent":
      return value * 100;
    default:
      return Number.NaN;
  }
}

function cumulative(frame: Frame, options: JsonObject): { name: string; cell: Cell } | undefined {
  const from = named(frame, textOf(at(options, "cumulative", "field"), 500) ?? "");
  if (from === undefined) return undefined;
  const isMean = at(options, "cumulative", "reducer") === "mean";
  let sum = 0;
  const sums = Array.from({ length: frame.length }, (_, row) => {
    const value = numeric(from.values[row]);
    if (!Number.isNaN(value)) sum += value;
    return isMean ? sum / (row + 1) : sum;
  });
  return {
    name: `cumulative ${isMean ? "mean" : "sum"} ${fieldName(from, frame)}`,
    cell: (row) => sums[row] ?? Number.NaN,
  };
}

function windowed(frame: Frame, options: JsonObject): { name: string; cell: Cell } | undefined {
  const from = named(frame, textOf(at(options, "window", "field"), 500) ?? "");
  if (from === undefined) return undefined;
  const share = numberOf(at(options, "window", "windowSize")) ?? 0.1;
  const size = Math.max(
    1,
    Math.min(
      frame.length,
      Math.ceil(at(options, "window", "windowSizeMode") === "fixed" ? share : share * frame.length),
    ),
  );
  const calc = textOf(at(options, "window", "reducer"), 50) ?? "mean";
  const before = at(options, "window", "windowAlignment") === "centered" ? Math.floor(size / 2) : size - 1;
  return {
    name: `${calc} ${fieldName(from, frame)}`,
    cell: (row) => {
      const first = Math.max(0, row - before);
      const values = Float64Array.from({ length: Math.min(size, frame.length - first) }, (_, index) =>
        numeric(from.values[first + index]),
      );
      return numeric(reduceField(field("", "number", values), calc));
    },
  };
}
