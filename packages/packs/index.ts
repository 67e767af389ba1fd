/** What Haltwatch knows of each kind of bot: its metrics, thresholds, rules, dashboards, runbook and simulation. */
export { type CsvRecord, readCsvRecords, type TornLine } from "@haltwatch/bot"; // row A3: what a bot wrote is read back by the tools
export { type MetricsDemoOptions, metricsDemo } from "./arbitrage/metrics-demo.ts";
