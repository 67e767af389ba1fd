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
  dashboards: [
    "dashboards/overview.json",
    "dashboards/trading.json",
    "dashboards/risk.json",
    "dashboards/strategy.json",
  ],
  seriesBudget: 40,
  faults: AI_TRADING_FAULTS,
  overview: { pnl: { query: "pnl_realized_usdt", unit: "usdt" } },
  simulation: async () => (await import("./simulated-bot.ts")).startSimulation,
  report: [
    { title: "Trades", query: "sum(increase(trades_total[$__range]))", unit: "count" },
    { title: "Decisions", query: "sum(increase(ai_decision_total[$__range]))", unit: "count" },
    { title: "Policy violations", query: "sum(increase(policy_violations_total[$__range]))", unit: "count" },
    {
      title: "Portfolio",
      query: "sum(portfolio_value_usdt) or sum(last_over_time(portfolio_value_usdt[$__range]))",
      unit: "usd",
      chart: { kind: "line", query: "sum(portfolio_value_usdt)" },
    },
  ],
});
