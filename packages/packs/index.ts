/** What Haltwatch knows of each kind of bot: its metrics, thresholds, rules, dashboards, runbook and simulation. */
export { type MetricsDemoOptions, metricsDemo } from "./arbitrage/metrics-demo.ts";
