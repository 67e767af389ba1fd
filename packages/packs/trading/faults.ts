/** What the simulated trading bot can be made to suffer, and what the rules then say. */
import type { Fault } from "../pack.ts";

export const TRADING_FAULTS: readonly Fault[] = [
  {
    name: "drawdown",
    description: "The market turns against open positions, and closing them does not help",
    alerts: ["TradingLossToday", "TradingDrawdownHigh", "TradingDrawdownCritical"],
    withinSeconds: 300,
  },
  {
    name: "losing-streak",
    description: "Every trade loses a little",
    alerts: ["TradingLossesInARow", "TradingWinRateLow"],
    withinSeconds: 1200,
  },
  {
    name: "low-win-rate",
    description: "Two of three trades lose a little, and the third makes up for them",
    alerts: ["TradingWinRateLow"],
    withinSeconds: 2400,
  },
  {
    name: "breaker-open",
    description: "The bot's own circuit breaker opens",
    alerts: ["TradingBreakerOpen"],
    withinSeconds: 30,
  },
  {
    name: "over-exposed",
    description: "Positions are added far beyond the cap",
    alerts: ["TradingExposureOverCap"],
    withinSeconds: 60,
  },
  {
    name: "order-storm",
    description: "The bot sends orders in a loop, and cancels them",
    alerts: ["TradingOrderRateHigh", "TradingMessageRateHigh"],
    withinSeconds: 60,
  },
  {
    name: "repeated-executions",
    description: "A strategy buys the same again and again",
    alerts: ["TradingRepeatedExecutions"],
    withinSeconds: 400,
  },
  {
    name: "wrong-prices",
    description: "Orders have prices far from the market, which the collar stops",
    alerts: ["TradingPriceCollarBreached"],
    withinSeconds: 60,
  },
  {
    name: "slow-venue",
    description: "The venue takes twenty times as long to answer",
    alerts: ["TradingOrderAckSlow"],
    withinSeconds: 120,
  },
  {
    name: "slow-bot",
    description: "The bot itself takes a second from market data to its order",
    alerts: ["TradingTickToOrderSlow"],
    withinSeconds: 120,
  },
  {
    name: "bad-fills",
    description: "Orders fill far worse than quoted",
    alerts: ["TradingSlippageHigh"],
    withinSeconds: 120,
  },
  {
    name: "rejected-orders",
    description: "The venue rejects every order",
    alerts: ["TradingOrderBudgetBurningFast", "TradingOrderBudgetBurningSlowly"],
    withinSeconds: 300,
  },
  {
    name: "rate-limit",
    description: "Somebody else uses up the rate limit of the bot's account",
    alerts: ["TradingRateLimitNear"],
    withinSeconds: 60,
  },
  {
    name: "stale-account",
    description: "The venue's account interface gives no account any more",
    alerts: ["TradingSnapshotStale"],
    withinSeconds: 90,
  },
  {
    name: "endpoint-down",
    description: "The bot answers no more",
    alerts: ["TradingMetricsDown"],
    withinSeconds: 60,
  },
];
