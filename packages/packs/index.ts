/** What Haltwatch knows of each kind of bot: its metrics, thresholds, rules, dashboards, runbook and simulation. */
import { AI_TRADING_PACK } from "./ai-trading/pack.ts";
import { ANOMALY_PACK } from "./anomaly/pack.ts";
import { ARBITRAGE_PACK } from "./arbitrage/pack.ts";
import { BETTING_PACK } from "./betting/pack.ts";
import type { Pack } from "./pack.ts";
import { SCRAPER_PACK } from "./scraper/pack.ts";
import { SYSTEM_PACK } from "./system/pack.ts";
import { TRADING_PACK } from "./trading/pack.ts";

export { type CsvRecord, readCsvRecords, type TornLine } from "@haltwatch/bot"; // row A3: what a bot wrote is read back by the tools
export { type MetricsDemoOptions, metricsDemo } from "./arbitrage/metrics-demo.ts";
export { LiveBot, type Way } from "./live/live-bot.ts";
export type {
  BotFile,
  Fault,
  Pack,
  ReportQuery,
  Setting,
  SimulatedBot,
  SimulationOptions,
  StartSimulation,
  Threshold,
} from "./pack.ts";
export { SYSTEM_METRICS } from "./system/metrics.ts";
export { SYSTEM_PACK };

/** Every pack of ours, the one that is always on among them. */
export const PACKS: readonly Pack[] = [
  ARBITRAGE_PACK,
  BETTING_PACK,
  TRADING_PACK,
  AI_TRADING_PACK,
  SCRAPER_PACK,
  ANOMALY_PACK,
  SYSTEM_PACK,
];
