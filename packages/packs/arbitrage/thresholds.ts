/** Limits of an arbitrage bot: careful ones, for an account that a person watches. */
import type { Threshold } from "../pack.ts";

export const ARBITRAGE_THRESHOLDS: readonly Threshold[] = [
  {
    name: "arbitrage.latency_ms_max",
    default: 500,
    unit: "ms",
    min: 0,
    help: "A step that takes longer, over one minute, is told. Take a bound of the buckets of `latency_ms`: between two, the lower one counts.",
  },
  {
    name: "arbitrage.orders_failed_per_minute_max",
    default: 0,
    unit: "count",
    min: 0,
    help: "More failed orders at one venue within a minute are told.",
  },
  {
    name: "arbitrage.orders_failed_in_a_row_max",
    default: 5,
    unit: "count",
    min: 1,
    help: "With so many failed orders in a row at one venue, nothing more is sent there.",
  },
  {
    name: "arbitrage.unhedged_quote_max",
    default: 5000,
    unit: "quote",
    min: 0,
    help: "With more left open by one leg, in the quote currency, no new position is opened.",
  },
  {
    name: "arbitrage.quote_age_seconds_max",
    default: 10,
    unit: "seconds",
    min: 0,
    help: "A venue whose newest quote was older when it came in opens no new position.",
  },
];
