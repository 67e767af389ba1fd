/** Categories and the fields that have a bar in each. */
import type { ShownField, ShownFrame } from "../../format/shown-field.ts";
import { reduceField } from "../../query/reduce.ts";

export interface Bars {
  readonly names: readonly string[];
  readonly fields: readonly ShownField[];
}

const MAX_BARS = 300;

/** @param xField whose values are the categories; empty: the first texts, else the times */
export function barsOf(frames: readonly ShownFrame[], xField: string): Bars {
  const frame = frames.find(({ fields }) => fields.some(({ type }) => type === "number"));
  if (frame === undefined) return { names: [], fields: [] };
  const category =
    frame.fields.find(({ shownName, name }) => xField !== "" && (shownName === xField || name === xField)) ??
    frame.fields.find(({ type }) => type === "string");
  const isHidden = ({ config }: ShownField): boolean => config.custom["hidden"] === true;
  if (category !== undefined || frames.length === 1) {
    const by = category ?? frame.fields.find(({ type }) => type === "time");
    const rows = Math.min(frame.length, MAX_BARS);
    const fields = frame.fields.filter((field) => field.type === "number" && field !== by && !isHidden(field));
    return {
      names: Array.from({ length: rows }, (_, row) => by?.show(by.values[row]).text ?? String(row + 1)),
      fields,
    };
  }
  // Series without categories: a bar for the last value of each.
  const series = frames
    .flatMap(({ fields }) => fields.filter((field) => field.type === "number" && !isHidden(field)))
    .slice(0, MAX_BARS);
  const [first] = series;
  if (first === undefined) return { names: [], fields: [] };
  const values = Float64Array.from(series, (field) => Number(reduceField(field, "lastNotNull") ?? Number.NaN));
  return {
    names: series.map(({ shownName }) => shownName),
    fields: [{ ...first, color: first.color, range: first.range, shownName: "Value", values }],
  };
}
