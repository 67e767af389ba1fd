/** What Haltwatch knows of each kind of bot: its metrics, thresholds, rules, dashboards, runbook and simulation. */
import { fileURLToPath } from "node:url";

export { type CsvRecord, readCsvRecords, type TornLine } from "@haltwatch/bot"; // row A3: what a bot wrote is read back by the tools
export { type MetricsDemoOptions, metricsDemo } from "./arbitrage/metrics-demo.ts";

/** Where the rules of the arbitrage pack stand. */
export const ARBITRAGE_RULES = fileURLToPath(new URL("./arbitrage/rules.yml", import.meta.url));
