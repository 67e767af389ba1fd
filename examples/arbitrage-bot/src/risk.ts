/** Says whether the bot may trade now, and if not, why. */
import type { ArbitrageVenue, Quote } from "./feeds/quote.ts";
import type { Finding } from "./scanner.ts";
import type { Strategy } from "./strategy.ts";

export type Refusal = "edge_too_small" | "stale_quote" | "position_limit" | "unhedged" | "paused" | "cooling_down";

/** What the decision depends on. */
export interface Situation {
  readonly nowMs: number;
  readonly quotes: Readonly<Record<ArbitrageVenue, Quote | undefined>>;
  /** In the base currency; negative is short. */
  readonly positions: Readonly<Record<ArbitrageVenue, number>>;
  /** What one leg left open, in the base currency. */
  readonly unhedgedBase: number;
}

export class Risk {
  readonly #strategy: Strategy;
  readonly #failuresInARow: Record<ArbitrageVenue, number> = { cex: 0, dex: 0 };
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #lastTradeMs = Number.NEGATIVE_INFINITY;

  constructor(strategy: Strategy) {
    this.#strategy = strategy;
  }

  /** @returns nothing if the arbitrage may be made */
  refusal(finding: Finding, { nowMs, quotes, positions, unhedgedBase }: Situation): Refusal | undefined {
    const { minEdgeBps, cooldownMs, maxPositionQuote, orderQuote } = this.#strategy;
    if (finding.netBps < minEdgeBps) return "edge_too_small";
    if (nowMs < this.#pausedUntilMs) return "paused";
    if (unhedgedBase !== 0) return "unhedged";
    if (nowMs - this.#lastTradeMs < cooldownMs) return "cooling_down";
    for (const quote of [quotes.cex, quotes.dex]) {
      if (quote === undefined || nowMs - quote.timeMs > quote.staleAfterMs) return "stale_quote";
    }
    const bought = positions[finding.buyOn] * finding.buyPrice + orderQuote;
    const sold = positions[finding.sellOn] * finding.sellPrice - orderQuote;
    if (bought > maxPositionQuote || sold < -maxPositionQuote) return "position_limit";
    return undefined;
  }

  /** An arbitrage is made. */
  traded(nowMs: number): void {
    this.#lastTradeMs = nowMs;
  }

  /** An order ended. @returns true if this was one failure too many, and the bot pauses from now on */
  orderEnded(venue: ArbitrageVenue, failed: boolean, nowMs: number): boolean {
    this.#failuresInARow[venue] = failed ? this.#failuresInARow[venue] + 1 : 0;
    if (this.#failuresInARow[venue] < this.#strategy.maxFailuresInARow) return false;
    this.#failuresInARow[venue] = 0;
    this.#pausedUntilMs = nowMs + this.#strategy.pauseMs;
    return true;
  }
}
