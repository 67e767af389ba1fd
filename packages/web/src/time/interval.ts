/** Which step a range is asked for with, and `$__interval`, `$__rate_interval`: Grafana's rules. */
import type { Milliseconds } from "./duration-text.ts";

/** Below the first number, the second: Grafana rounds steps to what people would choose. */
const ROUNDED: readonly (readonly [Milliseconds, Milliseconds])[] = [
  [10, 1],
  [15, 10],
  [35, 20],
  [75, 50],
  [150, 100],
  [350, 200],
  [750, 500],
  [1500, 1000],
  [3500, 2000],
  [7500, 5000],
  [12_500, 10_000],
  [17_500, 15_000],
  [25_000, 20_000],
  [45_000, 30_000],
  [90_000, 60_000],
  [210_000, 120_000],
  [450_000, 300_000],
  [750_000, 600_000],
  [1_050_000, 900_000],
  [1_500_000, 1_200_000],
  [2_700_000, 1_800_000],
  [5_400_000, 3_600_000],
  [9_000_000, 7_200_000],
  [16_200_000, 10_800_000],
  [32_400_000, 21_600_000],
  [86_400_000, 43_200_000],
  [604_800_000, 86_400_000],
  [1_814_400_000, 604_800_000],
  [3_628_800_000, 2_592_000_000],
];

const A_YEAR = 31_536_000_000;

/** Prometheus refuses more points than this in a series. */
const MAX_POINTS = 11_000;

export function roundInterval(ms: Milliseconds): Milliseconds {
  for (const [below, rounded] of ROUNDED) if (ms < below) return rounded;
  return A_YEAR;
}

/**
 * @param points as many as there are pixels, or as the panel says
 * @param least the panel's or the datasource's least step
 */
export function stepOf(range: Milliseconds, points: number, least: Milliseconds): Milliseconds {
  return Math.max(roundInterval(range / Math.max(1, points)), least);
}

/** @returns the step of a query: never so fine that Prometheus would refuse it */
export function queryStep(range: Milliseconds, interval: Milliseconds, factor: number): Milliseconds {
  const finest = range / MAX_POINTS;
  const safest = finest > 1000 ? Math.ceil(finest / 1000) * 1000 : Math.ceil(finest);
  return Math.max(interval * factor, safest, 1);
}

/** Wide enough for `rate()` to see four samples. */
export function rateInterval(step: Milliseconds, scrapeInterval: Milliseconds): Milliseconds {
  return Math.max(step + scrapeInterval, 4 * scrapeInterval);
}

/** Start and end on whole steps, so that points stay where they are from refresh to refresh. */
export function alignedRange(
  from: Milliseconds,
  to: Milliseconds,
  step: Milliseconds,
): { readonly start: Milliseconds; readonly end: Milliseconds } {
  return { start: Math.floor(from / step) * step, end: Math.floor(to / step) * step };
}
