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
  dashboards: ["dashboards/arbitrage.json"],
  seriesBudget: 60,
  faults: ARBITRAGE_FAULTS,
  simulation: async () => (await import("./simulated-bot.ts")).startSimulation,
  report: [
    {
      title: "Opportunities found",
      query: "sum(increase(opportunities_total[$__range]))",
      unit: "count",
      chart: { kind: "bars", query: "sum(increase(opportunities_total[$__interval]))" },
    },
    { title: "Orders", query: "sum(increase(orders_total[$__range]))", unit: "count" },
    { title: "Failed orders", query: "sum(increase(orders_failed_total[$__range]))", unit: "count" },
    { title: "Volume", query: "sum(increase(volume_total[$__range]))", unit: "number" },
  ],
});
