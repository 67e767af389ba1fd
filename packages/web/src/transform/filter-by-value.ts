/** `filterByValue`: the rows whose values fit. */
import { at, type JsonObject, numberOf, objectsOf, textOf } from "../dashboard/json.ts";
import { safeRegExp } from "../format/safe-reg-exp.ts";
import { type Frame, numeric, type Value } from "../query/frame.ts";
import { isNamed, rowsOf, withFields } from "./names.ts";

export function filterByValue(
  frames: readonly Frame[],
  options: JsonObject,
  text: (text: string) => string,
): readonly Frame[] {
  const filters = objectsOf(options["filters"], 50).map((one) => ({
    name: textOf(one["fieldName"], 500) ?? "",
    test: valueTest(textOf(at(one, "config", "id"), 50) ?? "", at(one, "config", "options"), text),
  }));
  const needsAll = options["match"] === "all";
  const isIncluding = options["type"] !== "exclude";
  return frames.map((frame) => {
    const own = filters.flatMap(({ name, test }) => {
      const field = frame.fields.find((one) => isNamed(one, frame, name));
      return field === undefined ? [] : [{ field, test }];
    });
    if (own.length === 0) return frame;
    const rows = Array.from({ length: frame.length }, (_, row) => row).filter((row) => {
      const fits = needsAll
        ? own.every(({ field, test }) => test(field.values[row]))
        : own.some(({ field, test }) => test(field.values[row]));
      return fits === isIncluding;
    });
    return withFields(
      frame,
      frame.fields.map((field) => rowsOf(field, rows)),
    );
  });
}

function valueTest(id: string, options: JsonObject[string], text: (text: string) => string): (value: Value) => boolean {
  const written = at(options, "value");
  const wanted = text(textOf(written, 1000) ?? "");
  const limit = Number(wanted);
  const isMissing = (value: Value): boolean =>
    value === null || value === undefined || (typeof value === "number" && Number.isNaN(value));
  const isEqual = (value: Value): boolean =>
    typeof value === "number" && wanted !== "" && !Number.isNaN(limit)
      ? value === limit
      : String(value ?? "") === wanted;
  switch (id) {
    case "isNull":
      return isMissing;
    case "isNotNull":
      return (value) => !isMissing(value);
    case "greater":
      return (value) => numeric(value) > limit;
    case "greaterOrEqual":
      return (value) => numeric(value) >= limit;
    case "lower":
      return (value) => numeric(value) < limit;
    case "lowerOrEqual":
      return (value) => numeric(value) <= limit;
    case "equal":
      return isEqual;
    case "notEqual":
      return (value) => !isEqual(value);
    case "substring":
      return (value) =>
        String(value ?? "")
          .toLowerCase()
          .includes(wanted.toLowerCase());
    case "notSubstring":
      return (value) =>
        !String(value ?? "")
          .toLowerCase()
          .includes(wanted.toLowerCase());
    case "range":
    case "between": {
      const from = numberOf(at(options, "from")) ?? Number.NEGATIVE_INFINITY;
      const to = numberOf(at(options, "to")) ?? Number.POSITIVE_INFINITY;
      return (value) => numeric(value) >= from && numeric(value) <= to;
    }
    case "regex": {
      const pattern = safeRegExp(wanted);
      return (value) => pattern?.test(String(value ?? "")) ?? false;
    }
    default:
      return () => true;
  }
}
