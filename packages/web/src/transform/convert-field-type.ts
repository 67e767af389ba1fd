/** `convertFieldType`: texts as numbers or times, numbers as texts. */
import { type JsonObject, objectsOf, textOf } from "../dashboard/json.ts";
import { type Field, type Frame, numeric, type Value } from "../query/frame.ts";
import { isNamed, withFields } from "./names.ts";

export function convertFieldType(frames: readonly Frame[], options: JsonObject): readonly Frame[] {
  const conversions = objectsOf(options["conversions"], 100).map((one) => ({
    name: textOf(one["targetField"], 500) ?? "",
    to: textOf(one["destinationType"], 50) ?? "",
  }));
  return frames.map((frame) =>
    withFields(
      frame,
      frame.fields.map((field) => {
        const found = conversions.find(({ name }) => isNamed(field, frame, name));
        return found === undefined ? field : converted(field, found.to);
      }),
    ),
  );
}

function converted(field: Field, to: string): Field {
  const { values } = field;
  const each = <T>(change: (value: Value) => T): T[] => Array.from(values as ArrayLike<Value>, change);
  switch (to) {
    case "number":
      return { ...field, type: "number", values: Float64Array.from(values as ArrayLike<Value>, numeric) };
    case "time":
      return { ...field, type: "time", values: Float64Array.from(values as ArrayLike<Value>, timeOf) };
    case "string":
      return {
        ...field,
        type: "string",
        values: each((value) => (value === null || value === undefined ? undefined : String(value))),
      };
    case "boolean":
      return {
        ...field,
        type: "boolean",
        values: each((value) => value !== "false" && value !== "0" && Boolean(value)),
      };
    default:
      return field;
  }
}

function timeOf(value: Value): number {
  if (typeof value === "number") return value;
  const text = String(value ?? "");
  return /^\d+$/.test(text) ? Number(text) : Date.parse(text);
}
