/** Looks at the newest quotes of both venues, and says what the difference between them is worth. */
import type { ArbitrageRecorder } from "@haltwatch/bot";
import type { ArbitrageVenue, Quote } from "./feeds/quote.ts";
import type { Strategy } from "./strategy.ts";

/** The better of the two directions. */
export interface Finding {
  readonly buyOn: ArbitrageVenue;
  readonly sellOn: ArbitrageVenue;
  /** What has to be paid, and what is got, in the quote currency. */
  readonly buyPrice: number;
  readonly sellPrice: number;
  /** Before costs, basis points. */
  readonly grossBps: number;
  /** After fees, gas and slippage, basis points. */
  readonly netBps: number;
}

export class Scanner {
  readonly #strategy: Strategy;
  readonly #recorder: ArbitrageRecorder;
  readonly #newest: Partial<Record<ArbitrageVenue, Quote>> = {};

  constructor(strategy: Strategy, recorder: ArbitrageRecorder) {
    this.#strategy = strategy;
    this.#recorder = recorder;
  }

  /** The newest quote of a venue. */
  newest(venue: ArbitrageVenue): Quote | undefined {
    return this.#newest[venue];
  }

  /** Takes in a quote, and looks at both venues. @returns `undefined` until each has had one */
  scan(quote: Quote): Finding | undefined {
    const start = performance.now();
    this.#newest[quote.venue] = quote;
    const { cex, dex } = this.#newest;
    if (cex === undefined || dex === undefined) return undefined;
    const buyOnDex = this.#value(dex, cex);
    const buyOnCex = this.#value(cex, dex);
    const finding = buyOnDex.netBps >= buyOnCex.netBps ? buyOnDex : buyOnCex;
    this.#recorder.recordSpread(finding);
    this.#recorder.recordLatency("scanner", performance.now() - start);
    return finding;
  }

  #value(buy: Quote, sell: Quote): Finding {
    const { feeBps, slippageBps, gasQuote, orderQuote } = this.#strategy;
    const grossBps = ((sell.bid - buy.ask) / buy.ask) * 1e4;
    const costsBps = feeBps[buy.venue] + feeBps[sell.venue] + slippageBps + (gasQuote / orderQuote) * 1e4;
    return {
      buyOn: buy.venue,
      sellOn: sell.venue,
      buyPrice: buy.ask,
      sellPrice: sell.bid,
      grossBps,
      netBps: grossBps - costsBps,
    };
  }
}
