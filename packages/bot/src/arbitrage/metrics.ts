/** The metrics of an arbitrage bot. Their names are contracts: users have dashboards and queries written against them. */
import type { MetricDefinitions } from "../definitions.ts";

/** Upper bounds of `latency_ms` unless configured otherwise, milliseconds. */
export const DEFAULT_LATENCY_BUCKETS_MS: readonly number[] = [50, 100, 200, 500, 1000];

/** Venues whose series exist, at zero, before the first order. */
export const KNOWN_VENUES = ["cex", "dex"] as const;

export const ARBITRAGE_METRICS = {
  orders: {
    type: "counter",
    name: "orders_total",
    help: "Orders executed, whatever their outcome, by venue.",
    labelNames: ["venue"],
    knownValues: { venue: KNOWN_VENUES },
  },
  ordersFailed: {
    type: "counter",
    name: "orders_failed_total",
    help: "Orders that were rejected by the venue or failed on the way, by venue.",
    labelNames: ["venue"],
    knownValues: { venue: KNOWN_VENUES },
  },
  cexOrdersFailed: {
    type: "counter",
    name: "cex_orders_failed_total",
    help: 'Failed orders on the centralised exchange: orders_failed_total{venue="cex"} under the name older dashboards use.',
  },
  ordersFailedInARow: {
    type: "gauge",
    name: "orders_failed_consecutive",
    help: "Failed orders since the last one that did not fail, by venue.",
    labelNames: ["venue"],
    knownValues: { venue: KNOWN_VENUES },
  },
  latency: {
    type: "histogram",
    name: "latency_ms",
    unit: "ms",
    help: "How long the bot's steps take, by step: scanner, cex_order, dex_order.",
    labelNames: ["metric"],
    buckets: DEFAULT_LATENCY_BUCKETS_MS,
  },
  spreadGross: {
    type: "gauge",
    name: "spread_gross_bps",
    unit: "bps",
    help: "Price difference between the venues before costs, in basis points.",
  },
  spreadNet: {
    type: "gauge",
    name: "spread_net_bps",
    unit: "bps",
    help: "Price difference between the venues after fees, gas and slippage, in basis points.",
  },
  volume: {
    type: "counter",
    name: "volume_total",
    help: "Traded volume in the quote currency, by venue.",
    labelNames: ["venue"],
    knownValues: { venue: KNOWN_VENUES },
  },
  opportunities: {
    type: "counter",
    name: "opportunities_total",
    help: "Opportunities the scanner found.",
  },
  unhedged: {
    type: "gauge",
    name: "exposure_unhedged_quote",
    unit: "quote",
    help: "Position left open after one leg of an arbitrage filled and the other did not, in the quote currency.",
  },
  quoteAge: {
    type: "gauge",
    name: "quote_age_seconds",
    unit: "seconds",
    help: "Age of the newest quote when it came in, by venue: 0 where the venue's clock is ahead of ours.",
    labelNames: ["venue"],
  },
} as const satisfies MetricDefinitions;
