/** An arbitrage bot between a centralised and a decentralised exchange. Rows A1–A12. */
import { ARBITRAGE_METRICS } from "@haltwatch/bot";
import { definePack } from "../pack.ts";
import { ARBITRAGE_FAULTS } from "./faults.ts";
import { ARBITRAGE_THRESHOLDS } from "./thresholds.ts";

export const ARBITRAGE_PACK = definePack({
  url: import.meta.url,
  name: "arbitrage",
  description: "An arbitrage bot between a centralised and a decentralised exchange",
  metrics: ARBITRAGE_METRICS,
  thresholds: ARBITRAGE_THRESHOLDS,
  seriesBudget: 60,
  faults: ARBITRAGE_FAULTS,
  simulation: async () => (await import("./simulated-bot.ts")).startSimulation,
});
