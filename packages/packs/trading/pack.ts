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
  dashboards: ["dashboards/trading.json"],
  seriesBudget: 120,
  faults: TRADING_FAULTS,
  overview: {
    pnl: { query: "trading_pnl_day_usd or (trading_pnl_realized_usd + trading_pnl_unrealized_usd)", unit: "usd" },
  },
  simulation: async () => (await import("./simulated-bot.ts")).startSimulation,
  report: [
    { title: "Orders", query: "sum(increase(trading_orders_total[$__range]))", unit: "count" },
    { title: "Failed orders", query: "sum(increase(trading_orders_failed_total[$__range]))", unit: "count" },
    {
      title: "Balance",
      query: "sum(trading_balance_usd) or sum(last_over_time(trading_balance_usd[$__range]))",
      unit: "usd",
      chart: { kind: "line", query: "sum(trading_balance_usd)" },
    },
    { title: "Worst drawdown", query: "max(max_over_time(trading_drawdown_ratio[$__range]))", unit: "ratio" },
  ],
});
