/** The metrics of a betting bot: what became of its bets, how fast, and what is at stake. Its chains and wallets are in `runtime-metrics.ts`. */
import type { MetricDefinitions } from "../definitions.ts";

/** Venues whose series exist, at zero, before the first bet. */
export const BETTING_VENUES = ["sx", "azuro"] as const;

/** What becomes of a bet: one of these, once. */
export const BET_STATUSES = ["filled", "partially_filled", "unfilled", "rejected", "error"] as const;

/** Upper bounds, milliseconds: fine between one and five seconds, where limits usually are. */
const DELAY_BUCKETS_MS = [100, 200, 300, 500, 750, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 7500, 10_000, 20_000];

export const BETTING_METRICS = {
  placed: {
    type: "counter",
    name: "bets_placed_total",
    help: "Bets sent to a venue, whatever became of them.",
    labelNames: ["venue"],
    knownValues: { venue: BETTING_VENUES },
  },
  outcomes: {
    type: "counter",
    name: "bet_outcomes_total",
    help: "Bets of which it is known what became of them: filled, partially_filled, unfilled (accepted, and nobody took it), rejected, error.",
    labelNames: ["venue", "status"],
    knownValues: { venue: BETTING_VENUES, status: BET_STATUSES },
  },
  voided: {
    type: "counter",
    name: "bets_voided_total",
    help: "Filled bets that the venue cancelled later.",
    labelNames: ["venue"],
    knownValues: { venue: BETTING_VENUES },
  },
  acceptTime: {
    type: "histogram",
    name: "accept_time_ms",
    unit: "ms",
    help: "From sending a bet until the venue has accepted it. Its count is the number of accepted bets.",
    labelNames: ["venue"],
    knownValues: { venue: BETTING_VENUES },
    buckets: DELAY_BUCKETS_MS,
  },
  quoteToFill: {
    type: "histogram",
    name: "quote_to_fill_ms",
    unit: "ms",
    help: "From the quote that a bet was made for until the bet was filled.",
    labelNames: ["venue"],
    knownValues: { venue: BETTING_VENUES },
    buckets: DELAY_BUCKETS_MS,
  },
  stake: {
    type: "gauge",
    name: "stake_pct",
    unit: "pct",
    help: "Stake of the newest bet, percent of the bank.",
    labelNames: ["venue"],
  },
  exposure: {
    type: "gauge",
    name: "exposure_pct",
    unit: "pct",
    help: "Stakes of all open bets, percent of the bank.",
  },
  unhedged: {
    type: "gauge",
    name: "exposure_unhedged_usd",
    unit: "usd",
    help: "Stake left open after one leg of an arbitrage filled and the other did not, in US dollars.",
  },
  quoteTime: {
    type: "gauge",
    name: "quote_timestamp_seconds",
    unit: "seconds",
    help: "When the newest quote was made, Unix time.",
    labelNames: ["venue"],
  },
  rateLimit: {
    type: "gauge",
    name: "rate_limit_remaining_ratio",
    unit: "ratio",
    help: "Requests that the venue still allows in its current window, as a share of all, from 0 to 1.",
    labelNames: ["venue"],
  },
  transactions: {
    type: "counter",
    name: "transactions_total",
    help: "Transactions that a chain has taken in, reverted ones among them.",
    labelNames: ["chain"],
  },
  reverted: {
    type: "counter",
    name: "transactions_reverted_total",
    help: "Transactions that reverted: gas spent for nothing.",
    labelNames: ["chain"],
  },
  gasSpent: {
    type: "counter",
    name: "gas_spent_usd_total",
    unit: "usd",
    help: "Gas paid for transactions, in US dollars.",
    labelNames: ["chain"],
  },
} as const satisfies MetricDefinitions;
