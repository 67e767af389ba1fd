/** Which of many lines are drawn: those that are furthest to the side that fires. */
import { type AlertChart, type ChartSeries, MAX_LINES } from "./alert-chart.ts";

/** A line with what its legend says of it. */
export interface ChosenLine extends ChartSeries {
  /** Its last value that is a number. */
  readonly last: number;
  readonly min: number;
  readonly max: number;
}

export interface ChosenLines {
  readonly drawn: readonly ChosenLine[];
  /** How many have data, but are not drawn. */
  readonly left: number;
}

export function chosenLines({ series, thresholds }: AlertChart): ChosenLines {
  const known = series.map(measured).filter((line) => line !== undefined);
  const isLowBad = thresholds[0]?.beyond === "below";
  const badness = (line: ChosenLine): number => (isLowBad ? -line.min : line.max);
  const worstFirst = known.length > MAX_LINES ? known.sort((a, b) => badness(b) - badness(a)) : known;
  return { drawn: worstFirst.slice(0, MAX_LINES), left: Math.max(0, known.length - MAX_LINES) };
}

/** `undefined` if there is no number in it. */
function measured(series: ChartSeries): ChosenLine | undefined {
  let [last, min, max] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of series.values) {
    if (!Number.isFinite(value)) continue;
    last = value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return Number.isNaN(last) ? undefined : { ...series, last, min, max };
}
