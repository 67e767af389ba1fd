/** What is unusual, with no limit given by hand: for the signals of our other packs, and for those of a user's own. Row E8. */
import { AI_TRADING_METRICS, TRADING_ORDER_METRICS } from "@haltwatch/bot";
import { definePack } from "../pack.ts";
import { ANOMALY_FAULTS } from "./faults.ts";
import { ANOMALY_THRESHOLDS } from "./thresholds.ts";

const { decisions, confidence, riskScore } = AI_TRADING_METRICS;
const { orders, acknowledged } = TRADING_ORDER_METRICS;

export const ANOMALY_PACK = definePack({
  url: import.meta.url,
  name: "anomaly",
  description: "What is unusual in any signal, with bands that adapt to it: a warning, never a pause",
  metrics: { decisions, confidence, riskScore, orders, acknowledged },
  thresholds: ANOMALY_THRESHOLDS,
  dashboards: ["dashboards/anomaly.json"],
  seriesBudget: 40,
  faults: ANOMALY_FAULTS,
  simulation: async () => (await import("../ai-trading/simulated-bot.ts")).startSimulation,
});
