/** What a picture shows: plain data, so that it can be handed to a worker. All times are Unix milliseconds. */
import type { Level } from "../message/level.ts";
import type { Unit } from "./unit.ts";

export type ChartTheme = "light" | "dark";

/** A line. Its columns are of the same length, times ascending; a value that is not finite is a gap. */
export interface ChartSeries {
  /** Which of them it is, such as `venue="cex"`. From label values: anything may stand in it. */
  readonly name: string;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** What the lines are compared with. */
export interface ChartThreshold {
  /** `exec.fill_ratio_min`, or nothing if it has no name. */
  readonly label: string;
  /** A number, or a line of its own: who changed a limit sees when. */
  readonly value: number | ChartSeries;
  /** Where values fire: that side is tinted. `undefined` for `==` and `!=`. */
  readonly beyond: "above" | "below" | undefined;
}

export interface AlertChart {
  /** The alert's name. */
  readonly title: string;
  /** Where it fires: bot, venue. */
  readonly where: string;
  readonly level: Level;
  readonly unit: Unit;
  readonly series: readonly ChartSeries[];
  readonly thresholds: readonly ChartThreshold[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Between two points of a line that has no gap. */
  readonly stepMs: number;
  readonly firedAtMs: number;
  /** `undefined` while it fires. */
  readonly resolvedAtMs: number | undefined;
  readonly theme: ChartTheme;
}

/** Most lines that are drawn; of the others it is said how many they are. More could not be told from each other. */
export const MAX_LINES = 5;

/** Most thresholds that are drawn. */
const MAX_THRESHOLDS = 3;

/** Most lines that are looked at to find those to draw. */
const MAX_SERIES = 500;

/** Most points of a line, the latest: several for each pixel. */
const MAX_POINTS = 5000;

/** Longest text in a picture, UTF-16 units: more would not fit anyway. */
const MAX_TEXT = 300;

/** What a picture shows at most of this: what goes to the worker is copied, and should not be larger than needed. */
export function boundedChart(chart: AlertChart, redact: (text: string) => string): AlertChart {
  const text = (given: string): string => redact(given).slice(0, MAX_TEXT);
  const bounded = ({ name, times, values }: ChartSeries): ChartSeries => ({
    name: text(name),
    times: times.slice(-MAX_POINTS),
    values: values.slice(-MAX_POINTS),
  });
  return {
    ...chart,
    title: text(chart.title),
    where: text(chart.where),
    series: chart.series.slice(0, MAX_SERIES).map(bounded),
    thresholds: chart.thresholds.slice(0, MAX_THRESHOLDS).map(({ label, value, beyond }) => ({
      label: text(label),
      value: typeof value === "number" ? value : bounded(value),
      beyond,
    })),
  };
}
