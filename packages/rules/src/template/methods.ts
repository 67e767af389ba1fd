/** Methods of times and durations, which templates call as fields: `(toTime $value).Format "15:04"`. Source: Go, time. */
import { dateParts, formatTime, timeText } from "../go/time.ts";
import { durationText, type Value } from "../go/values.ts";
import type { TemplateFunction } from "./functions.ts";

/** The value's method of this name, if there is one. */
export function methodOf(value: Value, name: string): TemplateFunction | undefined {
  if (typeof value !== "object") return undefined;
  if (value.kind === "time") {
    const plain = timeMethod(value.ns, name);
    if (plain !== undefined) return { params: [], call: plain };
    return withArgument(value.ns, name);
  }
  if (value.kind !== "integer" || value.type !== "time.Duration") return undefined;
  const plain = durationMethod(value.value, name);
  return plain === undefined ? undefined : { params: [], call: plain };
}

function timeMethod(ns: bigint, name: string): (() => Value) | undefined {
  const time = { kind: "time", ns } as const;
  const parts = dateParts(time);
  switch (name) {
    case "Year":
      return () => BigInt(parts.year);
    case "Month":
      return () => ({ kind: "integer", type: "time.Month", value: BigInt(parts.month) });
    case "Day":
      return () => BigInt(parts.day);
    case "Weekday":
      return () => ({ kind: "integer", type: "time.Weekday", value: BigInt(parts.weekday) });
    case "YearDay":
      return () => BigInt(parts.yearDay);
    case "Hour":
      return () => BigInt(parts.hour);
    case "Minute":
      return () => BigInt(parts.minute);
    case "Second":
      return () => BigInt(parts.second);
    case "Nanosecond":
      return () => BigInt(parts.nanosecond);
    case "Unix":
      return () => ({ kind: "integer", type: "int64", value: (ns - BigInt(parts.nanosecond)) / 1_000_000_000n });
    case "UnixMilli":
      return () => ({ kind: "integer", type: "int64", value: ns / 1_000_000n });
    case "UnixNano":
      return () => ({ kind: "integer", type: "int64", value: ns });
    case "UTC":
    case "Local":
      return () => time;
    case "IsZero":
      return () => false;
    case "String":
      return () => timeText(time);
    default:
      return undefined;
  }
}

/** Those with an argument; the evaluator has checked its type. */
function withArgument(ns: bigint, name: string): TemplateFunction | undefined {
  const nsOf = (value: Value): bigint => {
    if (typeof value !== "object") return 0n;
    return value.kind === "time" ? value.ns : value.kind === "integer" ? value.value : 0n;
  };
  switch (name) {
    case "Format":
      return { params: ["string"], call: ([layout]) => formatTime({ kind: "time", ns }, layout as string) };
    case "Add":
      return { params: ["time.Duration"], call: ([by]) => ({ kind: "time", ns: ns + nsOf(by) }) };
    case "Sub":
      return {
        params: ["*time.Time"],
        call: ([other]) => ({ kind: "integer", type: "time.Duration", value: ns - nsOf(other) }),
      };
    case "Before":
      return { params: ["*time.Time"], call: ([other]) => ns < nsOf(other) };
    case "After":
      return { params: ["*time.Time"], call: ([other]) => ns > nsOf(other) };
    case "Equal":
      return { params: ["*time.Time"], call: ([other]) => ns === nsOf(other) };
    default:
      return undefined;
  }
}

function durationMethod(ns: bigint, name: string): (() => Value) | undefined {
  switch (name) {
    case "Hours":
      return () => Number(ns) / 3.6e12;
    case "Minutes":
      return () => Number(ns) / 6e10;
    case "Seconds":
      return () => Number(ns) / 1e9;
    case "Milliseconds":
      return () => ({ kind: "integer", type: "int64", value: ns / 1_000_000n });
    case "Nanoseconds":
      return () => ({ kind: "integer", type: "int64", value: ns });
    case "String":
      return () => durationText(ns);
    default:
      return undefined;
  }
}
