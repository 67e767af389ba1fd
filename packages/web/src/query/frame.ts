/** Data as panels take them: columns of equal length, numbers and times as typed arrays. */
import type { FieldConfig } from "../dashboard/model.ts";
import { NO_FIELD_CONFIG } from "../dashboard/read-field-config.ts";

export type Labels = Readonly<Record<string, string>>;

export type FieldType = "time" | "number" | "string" | "boolean";

/** A cell. Numbers that are missing are `NaN`. */
export type Value = number | string | boolean | null | undefined;

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly labels: Labels;
  /** Times in milliseconds since 1970. */
  readonly values: Float64Array | readonly Value[];
  readonly config: FieldConfig;
  /** What the query calls it: from its legend. Empty: nothing. */
  readonly legend: string;
}

export interface Frame {
  readonly refId: string;
  readonly name: string;
  readonly fields: readonly Field[];
  readonly length: number;
  /** Of a range query. */
  readonly step: number | undefined;
}

export function field(
  name: string,
  type: FieldType,
  values: Field["values"],
  { labels = {}, legend = "", config = NO_FIELD_CONFIG }: Partial<Pick<Field, "labels" | "legend" | "config">> = {},
): Field {
  return { name, type, labels, values, config, legend };
}

export function frame(
  fields: readonly Field[],
  { refId = "", name = "", step }: { refId?: string; name?: string; step?: number | undefined } = {},
): Frame {
  return { refId, name, fields, length: fields[0]?.values.length ?? 0, step };
}

export function numberFields(found: Frame): readonly Field[] {
  return found.fields.filter(({ type }) => type === "number");
}

/** Names of the labels of all series, in the order of the alphabet. */
export function labelNames(all: readonly Labels[]): readonly string[] {
  const names = new Set<string>();
  for (const labels of all) for (const name of Object.keys(labels)) names.add(name);
  return [...names].sort();
}

/** `number`, or `NaN` for what is none. */
export function numeric(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string" || value.trim() === "") return Number.NaN;
  return Number(value);
}
