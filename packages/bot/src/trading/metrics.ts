/** The metrics of a directional trading bot: its account and its risk. */
import type { MetricDefinitions } from "../definitions.ts";

export const TRADING_METRICS = {
  balance: {
    type: "gauge",
    name: "trading_balance_usd",
    unit: "usd",
    help: "Account balance, in US dollars.",
  },
  realizedPnl: {
    type: "gauge",
    name: "trading_pnl_realized_usd",
    unit: "usd",
    help: "Profit and loss of closed positions, in US dollars.",
  },
  unrealizedPnl: {
    type: "gauge",
    name: "trading_pnl_unrealized_usd",
    unit: "usd",
    help: "Profit and loss of open positions at current prices, in US dollars.",
  },
  winRate: {
    type: "gauge",
    name: "trading_win_rate_ratio",
    unit: "ratio",
    help: "Share of closed trades that made money, from 0 to 1.",
  },
  openPositions: {
    type: "gauge",
    name: "trading_open_positions",
    help: "Positions open now.",
  },
  drawdown: {
    type: "gauge",
    name: "trading_drawdown_ratio",
    unit: "ratio",
    help: "Fall from the account's peak, as a share of the peak, from 0 to 1.",
  },
  maxDrawdown: {
    type: "gauge",
    name: "trading_drawdown_max_ratio",
    unit: "ratio",
    help: "Largest fall from the account's peak so far, as a share of the peak, from 0 to 1.",
  },
  circuitBreaker: {
    type: "gauge",
    name: "trading_circuit_breaker_open",
    help: "1 while the circuit breaker of this name is open and trading is stopped by it, 0 otherwise.",
    labelNames: ["name"],
  },
  snapshotTime: {
    type: "gauge",
    name: "trading_snapshot_timestamp_seconds",
    unit: "seconds",
    help: "When the bot last handed over this kind of snapshot, Unix time.",
    labelNames: ["snapshot"],
  },
  snapshotErrors: {
    type: "counter",
    name: "trading_snapshot_errors_total",
    help: "Snapshots that the bot failed to give, by kind.",
    labelNames: ["snapshot"],
    knownValues: { snapshot: ["bot", "risk"] },
  },
} as const satisfies MetricDefinitions;
