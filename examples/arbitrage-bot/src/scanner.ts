/** Looks at the newest quotes of both venues, and says what the difference between them is worth. */
import type { ArbitrageRecorder } from "@haltwatch/bot";
import { type ArbitrageVenue, ageMs, type GasPrice, isFresh, type Quote } from "./feeds/quote.ts";
import type { Strategy } from "./strategy.ts";

/** The better of the two directions: buy at the one's ask, sell at the other's bid. */
export interface Finding {
  readonly buy: Quote;
  readonly sell: Quote;
  /** Before costs, basis points. */
  readonly grossBps: number;
  /** After fees, gas and slippage, for an order of the usual size, basis points. */
  readonly netBps: number;
  /** Whether both quotes may be traded on. If not, the difference says more about the quotes than about the market. */
  readonly fresh: boolean;
}

export class Scanner {
  readonly #strategy: Strategy;
  readonly #recorder: ArbitrageRecorder;
  readonly #newest: Partial<Record<ArbitrageVenue, Quote>> = {};
  #gasQuote: number;

  constructor(strategy: Strategy, recorder: ArbitrageRecorder) {
    this.#strategy = strategy;
    this.#recorder = recorder;
    this.#gasQuote = strategy.gasQuote;
  }

  /** The newest quote of a venue. */
  newest(venue: ArbitrageVenue): Quote | undefined {
    return this.#newest[venue];
  }

  /** What the gas of a swap costs now, in the quote currency. */
  get gasQuote(): number {
    return this.#gasQuote;
  }

  /** Gas has this price from now on. */
  onGas({ gwei }: GasPrice): void {
    const { gasUnits, nativeTokenQuote } = this.#strategy;
    this.#gasQuote = gwei * 1e-9 * gasUnits * nativeTokenQuote;
  }

  /** Takes in quotes, and looks at both venues. @returns `undefined` until each has had one */
  scan(quotes: readonly Quote[], nowMs: number): Finding | undefined {
    const start = performance.now();
    for (const quote of quotes) this.#newest[quote.venue] = quote;
    const { cex, dex } = this.#newest;
    if (cex === undefined || dex === undefined) return undefined;
    const fresh = isFresh(cex, nowMs) && isFresh(dex, nowMs);
    const buyOnDex = this.#value(dex, cex, fresh);
    const buyOnCex = this.#value(cex, dex, fresh);
    const finding = buyOnDex.netBps >= buyOnCex.netBps ? buyOnDex : buyOnCex;
    if (fresh) this.#recorder.recordSpread(finding);
    this.#recorder.recordQuoteAge("cex", ageMs(cex, nowMs));
    this.#recorder.recordQuoteAge("dex", ageMs(dex, nowMs));
    this.#recorder.recordLatency("scanner", performance.now() - start);
    return finding;
  }

  /** What is left of a finding when this much is traded instead of the usual, basis points: gas is paid for any amount. */
  netBpsAt({ buy, sell, grossBps }: Finding, orderQuote: number): number {
    return grossBps - this.#costsBps(buy, sell, orderQuote);
  }

  #value(buy: Quote, sell: Quote, fresh: boolean): Finding {
    const grossBps = ((sell.bid - buy.ask) / buy.ask) * 1e4;
    const netBps = grossBps - this.#costsBps(buy, sell, this.#strategy.orderQuote);
    return { buy, sell, grossBps, netBps, fresh };
  }

  #costsBps(buy: Quote, sell: Quote, orderQuote: number): number {
    const fees = feeBps(buy, this.#strategy) + feeBps(sell, this.#strategy);
    return fees + this.#strategy.slippageBps + (this.#gasQuote / orderQuote) * 1e4;
  }
}

/** What a trade on this quote costs its venue's customer, basis points. */
export function feeBps(quote: Quote, strategy: Strategy): number {
  return quote.feeBps ?? strategy.feeBps[quote.venue];
}
