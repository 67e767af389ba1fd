/** A bot whose decisions come from a model and pass a policy engine. Rows E1–E8. */
import { AI_TRADING_METRICS } from "@haltwatch/bot";
import { definePack } from "../pack.ts";
import { AI_TRADING_FAULTS } from "./faults.ts";
import { AI_TRADING_THRESHOLDS } from "./thresholds.ts";

export const AI_TRADING_PACK = definePack({
  url: import.meta.url,
  name: "ai-trading",
  description: "A trading bot whose decisions come from a model and pass a policy engine",
  metrics: AI_TRADING_METRICS,
  thresholds: AI_TRADING_THRESHOLDS,
  moreRuleTests: ["performance.test.yml", "queries.test.yml"],
  seriesBudget: 40,
  faults: AI_TRADING_FAULTS,
  simulation: async () => (await import("./simulated-bot.ts")).startSimulation,
});
