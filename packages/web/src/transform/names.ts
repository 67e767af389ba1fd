/** What transformations call the fields they are told of. */
import type { Field, Frame } from "../query/frame.ts";
import { seriesText } from "../query/legend.ts";

/** As people see it before anything is configured: transformations name fields so. */
export function fieldName(field: Field, frame: Frame): string {
  if (field.config.displayName !== "") return field.config.displayName;
  if (field.type === "time") return field.name;
  if (field.legend !== "") return field.legend;
  if (Object.keys(field.labels).length > 0 && (field.name === "Value" || field.name === "")) {
    return frame.name === "" ? seriesText(field.labels) : frame.name;
  }
  return field.name;
}

export function isNamed(field: Field, frame: Frame, name: string): boolean {
  return field.name === name || fieldName(field, frame) === name;
}

/** The field with another name, which nothing that is configured later overrides but an override. */
export function renamed(field: Field, name: string): Field {
  return { ...field, config: { ...field.config, displayName: name } };
}

export function withFields(frame: Frame, fields: readonly Field[]): Frame {
  return { ...frame, fields, length: fields[0]?.values.length ?? 0 };
}

/** Some rows of a field, in this order. */
export function rowsOf(field: Field, rows: readonly number[]): Field {
  const { values } = field;
  return {
    ...field,
    values:
      values instanceof Float64Array
        ? Float64Array.from(rows, (row) => values[row] ?? Number.NaN)
        : rows.map((row) => values[row]),
  };
}
