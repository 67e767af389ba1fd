/** Says whether the bot may trade now and how much, and if not, why. */
import type { ArbitrageVenue } from "./feeds/quote.ts";
import type { Finding } from "./scanner.ts";
import type { Strategy } from "./strategy.ts";

export type Refusal =
  /** Haltwatch has paused it, or has granted no lease. */
  | "not_allowed"
  | "edge_too_small"
  | "order_under_way"
  | "unhedged"
  | "paused"
  | "cooling_down"
  | "stale_quote"
  | "position_limit"
  | "too_little_offered"
  | "edge_too_small_at_size";

export type Verdict =
  | { readonly kind: "accepted"; readonly base: number }
  | { readonly kind: "refused"; readonly reason: Refusal };

/** What the decision depends on. */
export interface Situation {
  readonly nowMs: number;
  /** In the base currency; negative is short. */
  readonly positions: Readonly<Record<ArbitrageVenue, number>>;
  /** Orders whose answers have not come. */
  readonly ordersUnderWay: number;
  /** What one leg left open, in the base currency. */
  readonly unhedgedBase: number;
  /** What is left of the finding if so much of the quote currency is traded, basis points. */
  netBpsAt(orderQuote: number): number;
}

export class Risk {
  readonly #strategy: Strategy;
  readonly #failuresInARow: Record<ArbitrageVenue, number> = { cex: 0, dex: 0 };
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #lastTradeMs = Number.NEGATIVE_INFINITY;

  constructor(strategy: Strategy) {
    this.#strategy = strategy;
  }

  /** What may be done about a finding. The first reason against it is the one that is told. */
  judge(finding: Finding, situation: Situation): Verdict {
    const { minEdgeBps, cooldownMs } = this.#strategy;
    const { nowMs, ordersUnderWay, unhedgedBase } = situation;
    if (!finding.fresh) return refused("stale_quote");
    if (finding.netBps < minEdgeBps) return refused("edge_too_small");
    if (unhedgedBase !== 0) return refused("unhedged");
    if (ordersUnderWay > 0) return refused("order_under_way"); // one arbitrage at a time
    if (nowMs < this.#pausedUntilMs) return refused("paused");
    if (nowMs - this.#lastTradeMs < cooldownMs) return refused("cooling_down");
    return this.#sized(finding, situation);
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

  /** As much as is wanted, offered on both sides, and left of both positions' limits. */
  #sized({ buy, sell }: Finding, { positions, netBpsAt }: Situation): Verdict {
    const { orderQuote, maxOrderQuote, minOrderQuote, maxPositionQuote, minEdgeBps } = this.#strategy;
    const price = buy.ask;
    const room = Math.min(
      maxPositionQuote - positions[buy.venue] * price,
      maxPositionQuote + positions[sell.venue] * price,
    );
    if (room < minOrderQuote) return refused("position_limit");
    const offered = Math.min(buy.askSize ?? Number.POSITIVE_INFINITY, sell.bidSize ?? Number.POSITIVE_INFINITY) * price;
    if (offered < minOrderQuote) return refused("too_little_offered");
    const size = Math.min(orderQuote, maxOrderQuote, room, offered);
    if (netBpsAt(size) < minEdgeBps) return refused("edge_too_small_at_size");
    return { kind: "accepted", base: size / price };
  }
}

function refused(reason: Refusal): Verdict {
  return { kind: "refused", reason };
}
