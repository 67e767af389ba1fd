/** The numbers the bot trades by. */
import type { ArbitrageVenue } from "./feeds/quote.ts";

export interface Strategy {
  /** Taker fee by venue, basis points. */
  readonly feeBps: Readonly<Record<ArbitrageVenue, number>>;
  /** What both legs are expected to slip together, basis points. */
  readonly slippageBps: number;
  /** Gas of a swap, in the quote currency. */
  readonly gasQuote: number;
  /** Value of one leg, in the quote currency. */
  readonly orderQuote: number;
  /** What has to be left after all costs, basis points. */
  readonly minEdgeBps: number;
  /** Largest position on one venue, either way, in the quote currency. */
  readonly maxPositionQuote: number;
  /** Positions of the two venues that offset each other are settled between them this often, milliseconds of market time. */
  readonly settleEveryMs: number;
  /** After so many failed orders in a row on a venue … */
  readonly maxFailuresInARow: number;
  /** … the bot does not trade for this long, milliseconds of market time. */
  readonly pauseMs: number;
  /** Between two arbitrages, milliseconds of market time. */
  readonly cooldownMs: number;
}

export const DEFAULT_STRATEGY: Strategy = {
  feeBps: { cex: 1, dex: 1.5 },
  slippageBps: 0.5,
  gasQuote: 0.05,
  orderQuote: 1000,
  minEdgeBps: 0.5,
  maxPositionQuote: 10_000,
  settleEveryMs: 60_000,
  maxFailuresInARow: 3,
  pauseMs: 15_000,
  cooldownMs: 1000,
};
