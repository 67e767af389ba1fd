/**
 * A bot that bets between two venues on two chains: quality of service. Rows C1–C10. What its heartbeat and its balance watcher see
 * are the series of `RUNTIME_METRICS`: the rules go by them whoever writes them, the bot or a service of its own.
 */
import { BETTING_METRICS, RUNTIME_METRICS } from "@haltwatch/bot";
import { definePack } from "../pack.ts";
import { BETTING_FAULTS } from "./faults.ts";
import { BETTING_SETTINGS, BETTING_THRESHOLDS } from "./thresholds.ts";

export const BETTING_PACK = definePack({
  url: import.meta.url,
  name: "betting",
  description: "A bot that bets between two venues on two chains, SX Network and Azuro",
  metrics: { ...BETTING_METRICS, ...RUNTIME_METRICS },
  thresholds: BETTING_THRESHOLDS,
  settings: BETTING_SETTINGS,
  botFiles: [
    { name: "exec", path: "config/exec.yml" },
    { name: "risk", path: "config/risk.yml" },
  ],
  rules: "ops/alerts/qos.yaml",
  dashboards: ["dashboards/arb_qos.json"],
  seriesBudget: 150,
  faults: BETTING_FAULTS,
  overview: {
    wallets: { metric: RUNTIME_METRICS.walletBalance.name, assetLabel: "token", low: "risk.balance_usd_min" },
  },
  simulation: async () => (await import("./simulated-bot.ts")).startSimulation,
  report: [
    { title: "Bets placed", query: "sum(increase(bets_placed_total[$__range]))", unit: "count" },
    {
      title: "Bank",
      query: "sum(runtime_bank_usd) or sum(last_over_time(runtime_bank_usd[$__range]))",
      unit: "usd",
      chart: { kind: "line", query: "sum(runtime_bank_usd)" },
    },
    { title: "Spent on gas", query: "sum(increase(gas_spent_usd_total[$__range]))", unit: "usd" },
  ],
});
