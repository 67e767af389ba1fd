/** Numbers for people, as Prometheus's templates write them. Source: prometheus/common, helpers/templates; template/template.go. */
import { sprintf } from "../go/print.ts";
import { type GoTime, timeText } from "../go/time.ts";
import { typeName, type Value } from "../go/values.ts";
import { FunctionFault } from "./functions.ts";

const LARGE = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
const SMALL = ["m", "u", "n", "p", "f", "a", "z", "y"];
const BINARY = ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];

/** Largest and smallest time that 64-bit nanoseconds hold. */
const MAX_NS = 2 ** 63;

/** A float of what Prometheus takes for one. @throws {FunctionFault} */
export function toFloat(value: Value): number {
  switch (typeof value) {
    case "number":
      return value;
    case "bigint":
      return Number(value);
    case "string":
      return parseFloatText(value);
    case "object":
      if (value.kind === "integer" && value.type === "time.Duration") return Number(value.value) / 1e9;
      if (value.kind === "integer" && value.type === "int64") return Number(value.value);
      break;
    default:
      break;
  }
  throw new FunctionFault(`can't convert ${typeName(value)} to float`);
}

/** Source: Go, strconv.ParseFloat. */
function parseFloatText(text: string): number {
  const fault = (reason: string): never => {
    throw new FunctionFault(`strconv.ParseFloat: parsing ${sprintf("%q", [text])}: ${reason}`);
  };
  if (/^[+-]?inf(inity)?$/i.test(text))
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  const hex = /^([+-]?)0x([\da-f]*)\.?([\da-f]*)p([+-]?\d+)$/i.exec(text);
  if (hex !== null) {
    const [, sign, before = "", after = "", exponent] = hex;
    const mantissa = Number.parseInt(before + after || "0", 16) * 2 ** (-4 * after.length);
    return (sign === "-" ? -1 : 1) * mantissa * 2 ** Number(exponent);
  }
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return fault("invalid syntax");
  const value = Number(text);
  return Number.isFinite(value) ? value : fault("value out of range");
}

function four(value: number): string {
  return sprintf("%.4g", [value]);
}

/** `1234567` gives `1.235M`. */
export function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return four(value);
  return Math.abs(value) >= 1 ? scaled(value, 1000, LARGE) : small(value);
}

/** `2048` gives `2ki`. */
export function humanize1024(value: number): string {
  return Math.abs(value) <= 1 || !Number.isFinite(value) ? four(value) : scaled(value, 1024, BINARY);
}

function scaled(value: number, step: number, prefixes: readonly string[]): string {
  let prefix = "";
  for (const next of prefixes) {
    if (Math.abs(value) < step) break;
    prefix = next;
    value /= step;
  }
  return four(value) + prefix;
}

function small(value: number): string {
  let prefix = "";
  for (const next of SMALL) {
    if (Math.abs(value) >= 1) break;
    prefix = next;
    value *= 1000;
  }
  return four(value) + prefix;
}

/** Seconds: `3725` gives `1h 2m 5s`. */
export function humanizeDuration(value: number): string {
  if (!Number.isFinite(value)) return four(value);
  if (value === 0) return `${four(value)}s`;
  if (Math.abs(value) < 1) return `${small(value)}s`;
  const sign = value < 0 ? "-" : "";
  const magnitude = Math.abs(value);
  // Beyond 64 bits, as Go on x86 has it.
  const whole = magnitude < MAX_NS ? BigInt(Math.trunc(magnitude)) : -(2n ** 63n);
  const [seconds, minutes] = [whole % 60n, (whole / 60n) % 60n];
  const [hours, days] = [(whole / 3600n) % 24n, whole / 86_400n];
  if (days !== 0n) return `${sign}${days}d ${hours}h ${minutes}m ${seconds}s`;
  if (hours !== 0n) return `${sign}${hours}h ${minutes}m ${seconds}s`;
  if (minutes !== 0n) return `${sign}${minutes}m ${seconds}s`;
  return `${sign}${four(magnitude)}s`;
}

/** A share: `0.1234` gives `12.34%`. */
export function humanizePercentage(value: number): string {
  return sprintf("%.4g%%", [value * 100]);
}

/** Unix seconds as a date. */
export function humanizeTimestamp(value: number): string {
  return Number.isFinite(value) ? timeText(toTime(value)) : four(value);
}

/** Of Unix seconds; to the millisecond, as Prometheus's own times. @throws {FunctionFault} */
export function toTime(seconds: number): GoTime {
  if (!Number.isFinite(seconds)) throw new FunctionFault("value is NaN or Inf");
  const ns = seconds * 1e9;
  if (ns > MAX_NS || ns < -MAX_NS) {
    throw new FunctionFault(
      `${sprintf("%v", [seconds])} cannot be represented as a nanoseconds timestamp since it overflows int64`,
    );
  }
  return { kind: "time", ns: (BigInt(Math.trunc(ns)) / 1_000_000n) * 1_000_000n };
}
