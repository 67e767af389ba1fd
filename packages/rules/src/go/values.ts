/**
 * Values as Go's templates have them. Text, truth, float64 and int are JavaScript's own (an int is a bigint, so that it is
 * never taken for a float64); `undefined` is nil, and what is not there.
 */
import { type GoTime, timeText } from "./time.ts";

/** Whole numbers of other types than int. */
interface GoInteger {
  readonly kind: "integer";
  readonly type: "uint8" | "int64" | "time.Month" | "time.Weekday" | "time.Duration";
  /** A duration's are nanoseconds. */
  readonly value: bigint;
}

/** Text of a type of its own, which is not a string where a string is wanted. */
interface GoHtml {
  readonly kind: "html";
  readonly text: string;
}

interface GoMap {
  readonly kind: "map";
  readonly type: "map[string]string" | "map[string]interface {}";
  readonly entries: ReadonlyMap<string, Value>;
  /** How many values it holds with all that they hold, if it holds others than text. */
  readonly weight?: number | undefined;
}

export interface GoSlice {
  readonly kind: "slice";
  readonly type: "template.queryResult";
  readonly items: readonly Value[];
}

export interface GoStruct {
  readonly kind: "struct";
  /** With an asterisk before it: a pointer to it. */
  readonly type: string;
  readonly fields: ReadonlyMap<string, Value>;
}

export type Value =
  | undefined
  | boolean
  | string
  | number
  | bigint
  | GoInteger
  | GoHtml
  | GoMap
  | GoSlice
  | GoStruct
  | GoTime;

/** As Go's %T. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case "undefined":
      return "<nil>";
    case "boolean":
      return "bool";
    case "string":
      return "string";
    case "number":
      return "float64";
    case "bigint":
      return "int";
    default:
      return value.kind === "html" ? "template.HTML" : value.kind === "time" ? "*time.Time" : value.type;
  }
}

/** What counts as true in `if`. */
export function isTruthy(value: Value): boolean {
  switch (typeof value) {
    case "undefined":
      return false;
    case "boolean":
      return value;
    case "string":
      return value !== "";
    case "number":
      return value !== 0;
    case "bigint":
      return value !== 0n;
    default:
      return isTruthyObject(value);
  }
}

function isTruthyObject(value: GoInteger | GoHtml | GoMap | GoSlice | GoStruct | GoTime): boolean {
  switch (value.kind) {
    case "integer":
      return value.value !== 0n;
    case "html":
      return value.text !== "";
    case "map":
      return value.entries.size > 0;
    case "slice":
      return value.items.length > 0;
    case "struct":
    case "time":
      return true;
    default:
      return value satisfies never;
  }
}

/** What a value of a type with a `String` method says of itself. */
export function ownText(value: Value): string | undefined {
  if (typeof value !== "object") return undefined;
  if (value.kind === "time") return timeText(value);
  if (value.kind !== "integer") return undefined;
  switch (value.type) {
    case "time.Duration":
      return durationText(value.value);
    case "time.Month":
      return MONTHS[Number(value.value) - 1];
    case "time.Weekday":
      return WEEKDAYS[Number(value.value)];
    default:
      return undefined;
  }
}

const MONTHS: readonly string[] =
  "January February March April May June July August September October November December".split(" ");
const WEEKDAYS: readonly string[] = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** As Go's Duration.String: `1h15m30.918s`, `1.5ms`, `0s`. */
export function durationText(nanoseconds: bigint): string {
  const sign = nanoseconds < 0n ? "-" : "";
  const ns = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (ns === 0n) return "0s";
  const decimal = (unit: bigint): string => {
    const rest = (ns % unit).toString().padStart(unit.toString().length - 1, "0");
    return `${ns / unit}${unit === 1n ? "" : `.${rest}`.replace(/\.?0+$/, "")}`;
  };
  if (ns < 1000n) return `${sign}${ns}ns`;
  if (ns < 1_000_000n) return `${sign}${decimal(1000n)}µs`;
  if (ns < 1_000_000_000n) return `${sign}${decimal(1_000_000n)}ms`;
  const seconds = `${((ns / 1_000_000_000n) % 60n).toString()}${decimal(1_000_000_000n).replace(/^\d+/, "")}s`;
  const minutes = ns / 60_000_000_000n;
  if (minutes === 0n) return `${sign}${seconds}`;
  return minutes < 60n ? `${sign}${minutes}m${seconds}` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}
