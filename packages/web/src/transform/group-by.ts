/** `groupBy`: rows with the same values in some fields as one row, with calculations of the others. */
import { at, type JsonObject, objectOf, textOf, textsOf } from "../dashboard/json.ts";
import { type Field, type Frame, numeric } from "../query/frame.ts";
import { reduceField } from "../query/reduce.ts";
import { fieldName, rowsOf, withFields } from "./names.ts";

export function groupBy(frames: readonly Frame[], options: JsonObject): readonly Frame[] {
  const configured = objectOf(options["fields"]);
  return frames.flatMap((frame) => {
    const operation = (field: Field): string =>
      textOf(at(configured[fieldName(field, frame)] ?? configured[field.name], "operation"), 50) ?? "";
    const keys = frame.fields.filter((field) => operation(field) === "groupby");
    if (keys.length === 0) return [frame];
    const groups = new Map<string, number[]>();
    for (let row = 0; row < frame.length; row++) {
      const key = JSON.stringify(keys.map(({ values }) => values[row] ?? null));
      const rows = groups.get(key);
      if (rows === undefined) groups.set(key, [row]);
      else rows.push(row);
    }
    const all = [...groups.values()];
    const first = all.map(([row]) => row ?? 0);
    const calculated = frame.fields
      .filter((field) => operation(field) === "aggregate")
      .flatMap((field) => {
        const name = fieldName(field, frame);
        return textsOf(at(configured[name] ?? configured[field.name], "aggregations"), 20).map((calc): Field => {
          const results = all.map((rows) => reduceField(rowsOf(field, rows), calc));
          const isNumber = results.every((value) => typeof value === "number" || value === null);
          return {
            ...field,
            name: `${name} (${calc})`,
            legend: "",
            labels: {},
            type: isNumber ? (field.type === "time" ? "time" : "number") : "string",
            values: isNumber ? Float64Array.from(results, numeric) : results,
          };
        });
      });
    return [withFields(frame, [...keys.map((field) => rowsOf(field, first)), ...calculated])];
  });
}
