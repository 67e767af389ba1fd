/** Buckets over time: how many values of each size at each moment. */
import type { ShownFrame } from "../../format/shown-field.ts";

export interface HeatCells {
  readonly times: Float64Array;
  readonly step: number;
  /** From small to large. */
  readonly buckets: readonly { readonly name: string; readonly counts: ArrayLike<number> }[];
  readonly most: number;
  /** The least above zero. */
  readonly least: number;
}

const MAX_BUCKETS = 200;
const CALCULATED_BUCKETS = 20;

/** Fields as buckets, or, of plain series, their values sorted into buckets of equal width. */
export function cellsOf(frames: readonly ShownFrame[], calculates: boolean): HeatCells | undefined {
  const first = frames.find(({ fields }) => fields.some(({ type }) => type === "time"));
  const time = first?.fields.find(({ type }) => type === "time");
  if (first === undefined || time === undefined || !(time.values instanceof Float64Array)) return undefined;
  const times = time.values;
  const fields = frames.flatMap((frame) => frame.fields.filter(({ type }) => type === "number"));
  const buckets = calculates
    ? sorted(
        fields.map(({ values }) => values as ArrayLike<number>),
        times.length,
      )
    : fields
        .slice(0, MAX_BUCKETS)
        .map((field) => ({ name: field.shownName, counts: field.values as ArrayLike<number> }));
  let most = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const { counts } of buckets) {
    for (let index = 0; index < counts.length; index++) {
      const count = counts[index] ?? 0;
      if (!Number.isFinite(count) || count <= 0) continue;
      most = Math.max(most, count);
      least = Math.min(least, count);
    }
  }
  return { times, step: first.step ?? (times[1] ?? 0) - (times[0] ?? 0), buckets, most, least };
}

function sorted(series: readonly ArrayLike<number>[], length: number): HeatCells["buckets"] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const values of series) {
    for (let index = 0; index < values.length; index++) {
      const value = values[index] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  }
  if (!(min <= max)) return [];
  const width = (max - min) / CALCULATED_BUCKETS || 1;
  const buckets = Array.from({ length: CALCULATED_BUCKETS }, (_, index) => ({
    name: String(Number((min + (index + 1) * width).toPrecision(4))),
    counts: new Float64Array(length),
  }));
  for (const values of series) {
    for (let index = 0; index < Math.min(length, values.length); index++) {
      const value = values[index] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      const counts = buckets[Math.min(CALCULATED_BUCKETS - 1, Math.floor((value - min) / width))]?.counts;
      if (counts !== undefined) counts[index] = (counts[index] ?? 0) + 1;
    }
  }
  return buckets;
}
