/** What the simulated arbitrage bot can be made to suffer, and what the rules then say. */
import type { Fault } from "../pack.ts";

export const ARBITRAGE_FAULTS: readonly Fault[] = [
  {
    name: "rejected-orders",
    description: "The centralised exchange rejects every order",
    alerts: ["OrdersFailing", "OrdersFailingInARow"],
    withinSeconds: 120,
  },
  {
    name: "slow-venue",
    description: "Orders at the decentralised exchange take ten times as long",
    alerts: ["LatencyHigh"],
    withinSeconds: 60,
  },
  {
    name: "half-filled",
    description: "Only one leg of each arbitrage fills",
    alerts: ["ExposureUnhedged"],
    withinSeconds: 120,
  },
  {
    name: "stale-quotes",
    description: "Quotes of the centralised exchange come in late",
    alerts: ["QuotesStale"],
    withinSeconds: 30,
  },
  {
    name: "bot-down",
    description: "The bot answers no more",
    alerts: ["BotDown"],
    withinSeconds: 60,
  },
];
