/** The numbers the bot trades by. */
import type { ArbitrageVenue } from "./feeds/quote.ts";

export interface Strategy {
  /** What a pause of this strategy alone names: `haltwatch pause --scope strategy:cex-dex`. */
  readonly name: string;
  /** Taker fee where the quotes do not tell it, basis points. */
  readonly feeBps: Readonly<Record<ArbitrageVenue, number>>;
  /** What both legs are expected to slip together, basis points. */
  readonly slippageBps: number;
  /** Gas of a swap in the quote currency, until a gas price is known. */
  readonly gasQuote: number;
  /** What a swap uses, units of gas. */
  readonly gasUnits: number;
  /** The chain's native token, in the quote currency: what gas is paid with. */
  readonly nativeTokenQuote: number;
  /** Value of one leg, in the quote currency. */
  readonly orderQuote: number;
  /** No order is larger, hedges included, in the quote currency. */
  readonly maxOrderQuote: number;
  /** Less is not worth its gas, in the quote currency. */
  readonly minOrderQuote: number;
  /** What has to be left after all costs, basis points. */
  readonly minEdgeBps: number;
  /** Largest position on one venue, either way, in the quote currency. */
  readonly maxPositionQuote: number;
  /** Positions of the two venues that offset each other are settled between them this often, milliseconds of market time. */
  readonly settleEveryMs: number;
  /** A leg does not fill where the price went further than this against it while it was under way, basis points. */
  readonly legToleranceBps: number;
  /** The same for an order that hedges: being even matters more than the price. */
  readonly hedgeToleranceBps: number;
  /** After a hedge that did not fill, the next is sent this much later, milliseconds. */
  readonly hedgeRetryMs: number;
  /** After so many failed orders in a row on a venue … */
  readonly maxFailuresInARow: number;
  /** … the bot does not trade for this long, milliseconds of market time. */
  readonly pauseMs: number;
  /** Between two arbitrages, milliseconds of market time. */
  readonly cooldownMs: number;
}

export const DEFAULT_STRATEGY: Strategy = {
  name: "cex-dex",
  feeBps: { cex: 1, dex: 1.5 },
  slippageBps: 0.5,
  gasQuote: 0.05,
  gasUnits: 200_000,
  nativeTokenQuote: 0.6,
  orderQuote: 1000,
  maxOrderQuote: 2000,
  minOrderQuote: 250,
  minEdgeBps: 0.5,
  maxPositionQuote: 10_000,
  settleEveryMs: 60_000,
  legToleranceBps: 5,
  hedgeToleranceBps: 50,
  hedgeRetryMs: 500,
  maxFailuresInARow: 3,
  pauseMs: 15_000,
  cooldownMs: 1000,
};
