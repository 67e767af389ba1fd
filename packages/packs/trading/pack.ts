/** A directional trading bot with risk metrics. Rows B1–B5, and the performance alerts of E8. */
import { TRADING_METRICS, TRADING_ORDER_METRICS } from "@haltwatch/bot";
import { definePack } from "../pack.ts";
import { TRADING_FAULTS } from "./faults.ts";
import { TRADING_THRESHOLDS } from "./thresholds.ts";

export const TRADING_PACK = definePack({
  url: import.meta.url,
  name: "trading",
  description: "A directional trading bot: its account, its risk, and the limits on the way of its orders",
  job: "trading-bot",
  metrics: { ...TRADING_METRICS, ...TRADING_ORDER_METRICS },
  thresholds: TRADING_THRESHOLDS,
  moreRuleTests: ["performance.test.yml"],
  seriesBudget: 120,
  faults: TRADING_FAULTS,
  simulation: async () => (await import("./simulated-bot.ts")).startSimulation,
});
