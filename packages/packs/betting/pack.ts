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
  seriesBudget: 150,
  faults: BETTING_FAULTS,
  simulation: async () => (await import("./simulated-bot.ts")).startSimulation,
});
