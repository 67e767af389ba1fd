/** Series of any frames on one axis of time, stacked where they are to be. */
import type { ShownField, ShownFrame } from "../../format/shown-field.ts";
import { type SeriesStyle, seriesStyle } from "./series-style.ts";

export interface ChartSeries {
  readonly field: ShownField;
  readonly style: SeriesStyle;
  /** What is drawn, in its own times: other series' times are no gaps in it. Stacked ones are drawn on the shared times. */
  readonly drawn: { readonly times: Float64Array; readonly values: Float64Array };
  /** On the shared times; stacked ones hold the sum so far. */
  readonly values: Float64Array;
  /** Its own values on the shared times, for legend and tooltip. */
  readonly own: Float64Array;
  /** Lower edge of a stacked area. */
  readonly below: Float64Array | undefined;
  readonly step: number | undefined;
}

export interface AlignedSeries {
  readonly times: Float64Array;
  readonly series: readonly ChartSeries[];
}

export function alignedSeries(frames: readonly ShownFrame[]): AlignedSeries {
  const columns = frames.flatMap((frame) => {
    const time = frame.fields.find(({ type }) => type === "time");
    if (time === undefined) return [];
    // Times of tables may be plain numbers.
    const times =
      time.values instanceof Float64Array ? time.values : Float64Array.from(time.values as readonly number[]);
    return frame.fields
      .filter(({ type }) => type === "number" || type === "boolean")
      .map((field) => ({ field, times, step: frame.step, style: seriesStyle(field.config) }));
  });
  const times = sharedTimes(columns.map((column) => column.times));
  const series = columns.map(({ field, times: ownTimes, step, style }): ChartSeries => {
    const numbers = numbersOf(field);
    const signed = style.isNegated ? numbers.map((value) => -value) : numbers;
    const own = onTimes(signed, ownTimes, times);
    return { field, style, drawn: { times: ownTimes, values: signed }, values: own, own, below: undefined, step };
  });
  return { times, series: stacked(series, times) };
}

function numbersOf({ values }: ShownField): Float64Array {
  if (values instanceof Float64Array) return values;
  return Float64Array.from(values, (value) =>
    typeof value === "boolean" ? Number(value) : typeof value === "number" ? value : Number.NaN,
  );
}

function sharedTimes(all: readonly Float64Array[]): Float64Array {
  const distinct = [...new Set(all)];
  const [first] = distinct;
  if (first === undefined) return new Float64Array(0);
  const isSame = distinct.every((times) => times === first || isEqual(times, first));
  if (isSame && isSorted(first)) return first;
  const merged = new Set<number>();
  for (const times of distinct) for (const time of times) if (!Number.isNaN(time)) merged.add(time);
  return Float64Array.from(merged).sort();
}

function isEqual(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

function isSorted(times: Float64Array): boolean {
  for (let index = 1; index < times.length; index++) if (!((times[index - 1] ?? 0) < (times[index] ?? 0))) return false;
  return true;
}

function onTimes(values: Float64Array, own: Float64Array, shared: Float64Array): Float64Array {
  if (values.length === shared.length && (own === shared || isEqual(own, shared))) return values;
  const place = new Map<number, number>();
  for (const [index, time] of shared.entries()) place.set(time, index);
  const result = new Float64Array(shared.length).fill(Number.NaN);
  for (const [index, time] of own.entries()) {
    const at = place.get(time);
    if (at !== undefined) result[at] = values[index] ?? Number.NaN;
  }
  return result;
}

/** Positive values upwards, negative ones downwards, each group for itself. A missing value adds nothing. */
function stacked(series: readonly ChartSeries[], times: Float64Array): readonly ChartSeries[] {
  if (series.every(({ style }) => style.stacking === "none" || style.isHidden)) return series;
  const { length } = times;
  const totals = new Map<string, Float64Array>();
  const groupOf = ({ style }: ChartSeries): string | undefined =>
    style.stacking === "none" || style.isHidden
      ? undefined
      : `${style.stacking} ${style.stackGroup} ${style.draw} ${style.isNegated}`;
  for (const one of series) {
    const group = groupOf(one);
    if (group === undefined || one.style.stacking !== "percent") continue;
    const total = totals.get(group) ?? new Float64Array(length);
    totals.set(group, total);
    for (let index = 0; index < length; index++) total[index] = (total[index] ?? 0) + Math.abs(one.own[index] || 0);
  }
  const sums = new Map<string, Float64Array>();
  return series.map((one) => {
    const group = groupOf(one);
    if (group === undefined) return one;
    const before = sums.get(group) ?? new Float64Array(length);
    const total = totals.get(group);
    const values = new Float64Array(length).fill(Number.NaN);
    const sum = new Float64Array(length);
    for (let index = 0; index < length; index++) {
      const own = one.own[index] ?? Number.NaN;
      const share = total === undefined ? own : own / (total[index] || 1);
      const under = before[index] ?? 0;
      sum[index] = Number.isFinite(share) ? under + share : under;
      if (Number.isFinite(share)) values[index] = under + share;
    }
    sums.set(group, sum);
    return { ...one, drawn: { times, values }, values, below: before };
  });
}
