/** What the feeds tell the bot: best bid and ask of a venue, and what gas costs. */

/** The two sides of the arbitrage. With recorded data of other kinds of venue, the first plays the CEX, the second the DEX. */
export type ArbitrageVenue = "cex" | "dex";

/** A price as it was recorded, of whatever instrument. */
export interface Tick {
  readonly kind: "price";
  /** Unique within its file: `spot/ETHUSDT`. What stands after the last slash names the pair. */
  readonly instrument: string;
  /** When the bot received it, Unix milliseconds. */
  readonly timeMs: number;
  /** When the venue says it was made, Unix milliseconds. Its clock is not ours: it may be ahead. */
  readonly exchangeTimeMs?: number | undefined;
  /** In the quote currency. */
  readonly bid: number;
  readonly ask: number;
  /** What can be had at these prices, in the base currency; left out where the recording does not say. */
  readonly bidSize?: number | undefined;
  readonly askSize?: number | undefined;
  /** What this venue takes for a trade, basis points; left out where the recording does not tell the venue. */
  readonly feeBps?: number | undefined;
  /** How long it may be traded on, milliseconds. */
  readonly staleAfterMs: number;
}

/** What a transaction costs from now on. */
export interface GasPrice {
  readonly kind: "gas";
  /** Unix milliseconds. */
  readonly timeMs: number;
  /** Billionths of the chain's native token for a unit of gas. */
  readonly gwei: number;
}

/** A tick of one of the two venues. */
export interface Quote extends Tick {
  readonly venue: ArbitrageVenue;
}

export type MarketEvent = Quote | GasPrice;

/** What a stream of quotes came to. */
export interface FeedTally {
  quotes: number;
  /** Lines that held no price: trades, answers, frames that are not known. */
  skipped: number;
  /** Quotes that came with an earlier time than the one before; taken at that one's time. */
  outOfOrder: number;
  /** Files whose last line was cut off. */
  torn: number;
}

/** How old a quote is, by our clock and by the venue's, whichever says more; never negative. Milliseconds. */
export function ageMs({ timeMs, exchangeTimeMs }: Tick, nowMs: number): number {
  return Math.max(0, nowMs - timeMs, nowMs - (exchangeTimeMs ?? timeMs));
}

/** Whether a quote may still be traded on. */
export function isFresh(quote: Tick, nowMs: number): boolean {
  return ageMs(quote, nowMs) <= quote.staleAfterMs;
}
