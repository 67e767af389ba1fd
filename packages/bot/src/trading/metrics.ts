/** The metrics of a directional trading bot: its account, its risk, its orders. */
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
  closedTrades: {
    type: "gauge",
    name: "trading_closed_trades",
    help: "Closed trades that the win rate is taken over.",
  },
  dailyPnl: {
    type: "gauge",
    name: "trading_pnl_day_usd",
    unit: "usd",
    help: "Profit and loss since the trading day began, closed and open positions together, in US dollars.",
  },
  exposure: {
    type: "gauge",
    name: "trading_exposure_usd",
    unit: "usd",
    help: "What all open positions are worth together, long and short alike as positive numbers, in US dollars.",
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
  consecutiveLosses: {
    type: "gauge",
    name: "trading_consecutive_losses",
    help: "Closed trades in a row that lost money, up to now.",
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

/** Upper bounds of the times of orders, milliseconds. */
const ORDER_BUCKETS_MS = [1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000] as const;

/** What happens on the way of an order, recorded there by `TradingOrders`. */
export const TRADING_ORDER_METRICS = {
  orders: {
    type: "counter",
    name: "trading_orders_total",
    help: "Orders sent, by venue, strategy, and whether they open or close a position.",
    labelNames: ["venue", "strategy", "intent"],
  },
  ordersFailed: {
    type: "counter",
    name: "trading_orders_failed_total",
    help: "Orders that the venue rejected or never answered, by venue.",
    labelNames: ["venue"],
  },
  messages: {
    type: "counter",
    name: "trading_order_messages_total",
    help: "Messages about orders that were sent, by venue and kind: new, cancel, amend.",
    labelNames: ["venue", "kind"],
  },
  acknowledged: {
    type: "histogram",
    name: "trading_order_ack_ms",
    unit: "ms",
    help: "From an order's sending to the venue's answer, by venue.",
    labelNames: ["venue"],
    buckets: ORDER_BUCKETS_MS,
  },
  tickToOrder: {
    type: "histogram",
    name: "trading_tick_to_order_ms",
    unit: "ms",
    help: "From the market data that caused an order to its sending.",
    buckets: ORDER_BUCKETS_MS,
  },
  slippage: {
    type: "histogram",
    name: "trading_slippage_bps",
    unit: "bps",
    help: "How much worse than quoted orders filled, by venue, in basis points; what filled better than quoted is in the first bucket.",
    labelNames: ["venue"],
    buckets: [0, 1, 2, 5, 10, 20, 50, 100],
  },
  repeatedExecutions: {
    type: "gauge",
    name: "trading_repeated_executions",
    help: "Executions in a row of a strategy to the same side of the same symbol, up to now.",
    labelNames: ["strategy", "symbol"],
  },
  collarBreaches: {
    type: "counter",
    name: "trading_price_collar_breaches_total",
    help: "Orders that the bot's own price collar stopped, by venue: their price was too far from the market.",
    labelNames: ["venue"],
  },
  rateLimitHeadroom: {
    type: "gauge",
    name: "trading_rate_limit_headroom_ratio",
    unit: "ratio",
    help: "Share of the venue's rate limit that is left, from 0 to 1.",
    labelNames: ["venue"],
  },
} as const satisfies MetricDefinitions;
