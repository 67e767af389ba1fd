/** `merge`, `seriesToRows`, `concatenate`: several tables as one. */
import type { JsonObject } from "../dashboard/json.ts";
import { type Field, type Frame, field, frame, type Value } from "../query/frame.ts";
import { fieldName, withFields } from "./names.ts";

/** More rows than any table shows. */
const MAX_ROWS = 50_000;

interface Column {
  readonly field: Field;
  readonly values: Value[];
}

/** Rows that agree in all columns they share become one; the others stand one below the other. */
export function merge(frames: readonly Frame[]): readonly Frame[] {
  if (frames.length < 2) return frames;
  const columns = new Map<string, Column>();
  const nameOf = (one: Field, inFrame: Frame): string =>
    one.type === "number" && one.legend !== "" ? fieldName(one, inFrame) : one.name;
  for (const one of frames) {
    for (const from of one.fields) {
      const name = nameOf(from, one);
      if (!columns.has(name)) columns.set(name, { field: { ...from, name, legend: "", labels: {} }, values: [] });
    }
  }
  const names = [...columns.keys()];
  // Columns that all tables have are what rows are told apart by. A query that found nothing has no labels to share.
  const filled = frames.filter(({ length }) => length > 0);
  const shared = names.filter((name) => filled.every((one) => one.fields.some((from) => nameOf(from, one) === name)));
  const rows = new Map<string, Value[]>();
  for (const [place, one] of frames.entries()) {
    const own = new Map(one.fields.map((from) => [nameOf(from, one), from]));
    for (let row = 0; row < one.length && rows.size < MAX_ROWS; row++) {
      const key =
        shared.length === 0
          ? `${place} ${row}`
          : JSON.stringify(shared.map((name) => own.get(name)?.values[row] ?? null));
      const cells = rows.get(key);
      const isTaken =
        cells !== undefined &&
        names.some((name, index) => !shared.includes(name) && own.has(name) && cells[index] !== undefined);
      const target = cells === undefined || isTaken ? new Array<Value>(names.length).fill(undefined) : cells;
      for (const [index, name] of names.entries()) {
        const from = own.get(name);
        if (from !== undefined) target[index] = from.values[row];
      }
      if (target !== cells) rows.set(cells === undefined ? key : `${key} ${place} ${row}`, target);
    }
  }
  const all = [...rows.values()];
  const fields = names.map((name, index) =>
    columnField(
      columns.get(name)?.field ?? field(name, "string", []),
      all.map((cells) => cells[index]),
    ),
  );
  return [frame(fields, { name: "" })];
}

function columnField(from: Field, values: readonly Value[]): Field {
  if (from.type !== "number" && from.type !== "time") return { ...from, values };
  return { ...from, values: Float64Array.from(values, (value) => (typeof value === "number" ? value : Number.NaN)) };
}

/** Series one below the other: time, name, value; newest first. */
export function seriesToRows(frames: readonly Frame[]): readonly Frame[] {
  const rows: { readonly time: number; readonly name: string; readonly value: Value }[] = [];
  for (const one of frames) {
    const time = one.fields.find(({ type }) => type === "time");
    for (const from of one.fields) {
      if (from.type === "time") continue;
      for (let row = 0; row < from.values.length && rows.length < MAX_ROWS; row++) {
        const value = from.values[row];
        if (typeof value === "number" && Number.isNaN(value)) continue;
        rows.push({ time: Number(time?.values[row] ?? Number.NaN), name: fieldName(from, one), value });
      }
    }
  }
  rows.sort((a, b) => b.time - a.time);
  return [
    frame([
      field(
        "Time",
        "time",
        Float64Array.from(rows, ({ time }) => time),
      ),
      field(
        "Metric",
        "string",
        rows.map(({ name }) => name),
      ),
      columnField(
        field("Value", "number", []),
        rows.map(({ value }) => value),
      ),
    ]),
  ];
}

/** Columns side by side, row by row. */
export function concatenate(frames: readonly Frame[], _options: JsonObject): readonly Frame[] {
  const [first] = frames;
  if (first === undefined || frames.length < 2) return frames;
  const length = Math.max(...frames.map((one) => one.length));
  const fields = frames.flatMap((one) =>
    one.fields.map((from) => ({
      ...columnField(
        from,
        Array.from({ length }, (_, row) => from.values[row]),
      ),
      name: fieldName(from, one),
    })),
  );
  return [withFields(first, fields)];
}
