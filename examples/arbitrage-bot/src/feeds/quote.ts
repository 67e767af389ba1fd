/** Best bid and ask of one venue. */

/** The two sides of the arbitrage. With recorded data of other kinds of venue, the first plays the CEX, the second the DEX. */
export type ArbitrageVenue = "cex" | "dex";

/** A price as it was recorded, of whatever instrument. */
export interface Tick {
  /** Unique within its file: `ETHUSDT`, `linear/ETHUSDT`. */
  readonly instrument: string;
  /** When the bot received it, Unix milliseconds. */
  readonly timeMs: number;
  /** When the venue says it was made. Its clock is not ours: it may be ahead. */
  readonly exchangeTimeMs?: number | undefined;
  /** In the quote currency. */
  readonly bid: number;
  readonly ask: number;
  /** How long it may be traded on, milliseconds. */
  readonly staleAfterMs: number;
}

/** A tick of one of the two venues. */
export interface Quote extends Tick {
  readonly venue: ArbitrageVenue;
}

/** What a stream of quotes came to. */
export interface FeedTally {
  quotes: number;
  /** Lines that were understood and held no price. */
  skipped: number;
  /** Quotes that came with an earlier time than the one before; taken at that one's time. */
  outOfOrder: number;
}
