/** What a report's picture shows: plain data, so that it can be handed to a worker. All its texts are as they are to be read. */
import type { Unit } from "./unit.ts";

export interface ReportPicture {
  /** `Daily report`. */
  readonly title: string;
  /** Which day, where: `20 Nov 2026 · Europe/Berlin`. */
  readonly where: string;
  readonly figures: readonly ReportTile[];
  readonly charts: readonly ReportChart[];
}

/** One figure. */
export interface ReportTile {
  readonly title: string;
  /** `51`, `2.3 %`. */
  readonly value: string;
}

/** A figure over the day. Its columns are of the same length, times ascending; a value that is not finite is a gap. */
export interface ReportChart {
  readonly title: string;
  readonly unit: Unit;
  /** `bars`: how much within each step; `line`: how much at each time. */
  readonly kind: "bars" | "line";
  /** Of a bar its end, Unix milliseconds. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  /** Where the hours of the report's own time zone are. */
  readonly ticks: readonly { readonly timeMs: number; readonly text: string }[];
}

/** Most figures and charts that are drawn: more would not be read on a phone. */
const MAX_TILES = 10;
const MAX_CHARTS = 2;
const MAX_POINTS = 5000;

/** Longest text in a picture, UTF-16 units: more would not fit anyway. */
const MAX_TEXT = 200;

/** What a picture shows at most of this. */
export function boundedReport(report: ReportPicture, redact: (text: string) => string): ReportPicture {
  const text = (given: string): string => redact(given).slice(0, MAX_TEXT);
  return {
    title: text(report.title),
    where: text(report.where),
    figures: report.figures.slice(0, MAX_TILES).map(({ title, value }) => ({ title: text(title), value: text(value) })),
    charts: report.charts.slice(0, MAX_CHARTS).map((chart) => ({
      ...chart,
      title: text(chart.title),
      times: chart.times.slice(-MAX_POINTS),
      values: chart.values.slice(-MAX_POINTS),
    })),
  };
}
