/** A chart as an alert's message has it: an hour of a latency, and its limit. */
import type { AlertChart } from "../alert-chart.ts";

const CHART_END_MS = Date.UTC(2026, 10, 21, 12, 5);
const START_MS = CHART_END_MS - 3_600_000;
const STEP_MS = 15_000;

const times = Float64Array.from({ length: 241 }, (_, at) => START_MS + at * STEP_MS);
const values = times.map((_, at) => (at > 225 ? 640 : 200) + 60 * Math.sin(at / 9));

export const LATENCY_CHART: AlertChart = {
  title: "LatencyHigh",
  where: "arb-1 · cex",
  level: "critical",
  unit: "milliseconds",
  series: [{ name: 'venue="cex"', times, values }],
  thresholds: [{ label: "exec.latency_max", value: 500, beyond: "above" }],
  fromMs: START_MS,
  toMs: CHART_END_MS,
  stepMs: STEP_MS,
  firedAtMs: CHART_END_MS - 110_000,
  resolvedAtMs: undefined,
  theme: "light",
};
