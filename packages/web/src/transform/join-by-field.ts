/** `joinByField`, `seriesToColumns`: tables side by side, where a field's values agree. */
import { type JsonObject, textOf } from "../dashboard/json.ts";
import { type Field, type Frame, frame, type Value } from "../query/frame.ts";
import { fieldName, isNamed } from "./names.ts";

const MAX_ROWS = 50_000;

export function joinByField(frames: readonly Frame[], options: JsonObject): readonly Frame[] {
  const wanted = textOf(options["byField"], 500) ?? "";
  const keyOf = (one: Frame): Field | undefined =>
    wanted === ""
      ? one.fields.find(({ type }) => type === "time")
      : one.fields.find((from) => isNamed(from, one, wanted));
  const joined = frames.flatMap((one) => {
    const key = keyOf(one);
    return key === undefined ? [] : [{ one, key }];
  });
  const [first] = joined;
  if (first === undefined || joined.length < 2) return frames;
  const isInner = options["mode"] === "inner";
  const rows = new Map<Value, Map<number, number>>();
  for (const [place, { key }] of joined.entries()) {
    for (let row = 0; row < key.values.length; row++) {
      const value = key.values[row];
      let found = rows.get(value);
      if (found === undefined) {
        if (rows.size >= MAX_ROWS || (isInner && place > 0)) continue;
        found = new Map();
        rows.set(value, found);
      }
      if (!found.has(place)) found.set(place, row);
    }
  }
  const kept = [...rows].filter(([, found]) => !isInner || found.size === joined.length);
  if (first.key.type === "time" || first.key.type === "number") kept.sort(([a], [b]) => Number(a) - Number(b));
  const columns = joined.flatMap(({ one, key }, place) =>
    one.fields
      .filter((from) => from !== key)
      .map((from): Field => {
        const cells = kept.map(([, found]) => {
          const row = found.get(place);
          return row === undefined ? undefined : from.values[row];
        });
        const values =
          from.values instanceof Float64Array
            ? Float64Array.from(cells, (cell) => (typeof cell === "number" ? cell : Number.NaN))
            : cells;
        // Its frame's name would be lost with its frame.
        return {
          ...from,
          values,
          legend: from.legend === "" && from.name === "Value" ? fieldName(from, one) : from.legend,
        };
      }),
  );
  const keys = kept.map(([value]) => value);
  const keyValues = first.key.values instanceof Float64Array ? Float64Array.from(keys, Number) : keys;
  return [frame([{ ...first.key, values: keyValues }, ...columns], { step: first.one.step })];
}
