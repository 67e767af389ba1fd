/** How far an axis of values goes. */
import type { ChartSeries } from "./aligned.ts";

export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** Both ends of all that is drawn on the axis between two times, with room above; fixed and soft limits as configured. */
export function valueRange(series: readonly ChartSeries[], times: Float64Array, from: number, to: number): ValueRange {
  const shown = series.filter(({ style }) => !style.isHidden);
  const first = shown[0];
  if (first === undefined) return { min: 0, max: 100 };
  const { axis } = first.style;
  const configured = shown.map(({ field }) => field.config);
  const hardMin = configured.map(({ min }) => min).find((min) => min !== undefined);
  const hardMax = configured.map(({ max }) => max).find((max) => max !== undefined);
  const isPercent = shown.every(({ style }) => style.stacking === "percent");
  let { min, max } = dataRange(shown, times, from, to, axis.log !== undefined);
  const hasBars = shown.some(({ style }) => style.draw === "bars" || style.stacking !== "none");
  if (axis.log === undefined && hasBars) {
    min = Math.min(min, 0);
    max = Math.max(max, 0);
  }
  if (!(min <= max)) {
    min = axis.log === undefined ? 0 : 1;
    max = hardMin !== undefined && hardMin >= 100 ? hardMin + 1 : 100;
  }
  if (axis.softMin !== undefined) min = Math.min(min, axis.softMin);
  if (axis.softMax !== undefined) max = Math.max(max, axis.softMax);
  if (axis.isCenteredOnZero) {
    max = Math.max(Math.abs(min), Math.abs(max));
    min = -max;
  }
  // Shares of all are drawn from 0 to 1, whatever percentages old graphs have as their ends.
  if (isPercent) return { min: Math.min(0, min), max: 1 };
  return axis.log === undefined
    ? linearRange(min, max, hardMin, hardMax)
    : logRange(min, max, axis.log, hardMin, hardMax);
}

function dataRange(
  series: readonly ChartSeries[],
  times: Float64Array,
  from: number,
  to: number,
  isPositive: boolean,
): ValueRange {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const { values } of series) {
    for (let index = 0; index < values.length; index++) {
      const value = values[index] ?? Number.NaN;
      if (!Number.isFinite(value) || (isPositive && value <= 0)) continue;
      const time = times[index] ?? 0;
      if (time < from || time > to) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return { min, max };
}

/** A tenth of room, but never over zero for data that stay on one side of it. */
function linearRange(min: number, max: number, hardMin: number | undefined, hardMax: number | undefined): ValueRange {
  const span = max - min || Math.abs(max) || 1;
  const isFlat = max === min;
  let low = isFlat ? min - Math.abs(min || 1) * 0.1 : min - span * 0.1;
  let high = isFlat ? max + Math.abs(max || 1) * 0.1 : max + span * 0.1;
  if (min >= 0 && low < 0) low = 0;
  if (max <= 0 && high > 0) high = 0;
  // From zero when zero is near: small changes of large values still fill the panel.
  if (min > 0 && min < span * 0.5) low = 0;
  if (isFlat && min === 0) {
    low = 0;
    high = 100;
  }
  low = hardMin ?? low;
  high = hardMax ?? high;
  return low < high ? { min: low, max: high } : { min: low, max: low + (Math.abs(low) || 1) };
}

function logRange(
  min: number,
  max: number,
  base: number,
  hardMin: number | undefined,
  hardMax: number | undefined,
): ValueRange {
  const log = Math.log(base);
  const low =
    hardMin !== undefined && hardMin > 0
      ? hardMin
      : base ** Math.floor(Math.log(Math.max(min, Number.MIN_VALUE)) / log);
  const high = hardMax !== undefined && hardMax > low ? hardMax : base ** Math.ceil(Math.log(Math.max(max, low)) / log);
  return { min: low, max: high > low ? high : low * base };
}
