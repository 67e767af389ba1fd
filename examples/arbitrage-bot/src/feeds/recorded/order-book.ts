/** Best bid and ask of a book that is told by its changes. */

type Change = readonly [price: string, size: string];

interface Level {
  readonly price: number;
  readonly size: number;
}

export interface BestPrices {
  readonly bid: number;
  readonly bidSize: number;
  readonly ask: number;
  readonly askSize: number;
}

export class OrderBook {
  /** By price as it is written: `1922.40` and `1922.4` do not come from one venue. */
  readonly #bids = new Map<string, Level>();
  readonly #asks = new Map<string, Level>();

  clear(): void {
    this.#bids.clear();
    this.#asks.clear();
  }

  /** Sizes at prices; a size of 0 takes the price out. */
  change(side: "bid" | "ask", changes: readonly Change[]): void {
    const levels = side === "bid" ? this.#bids : this.#asks;
    for (const [text, amount] of changes) {
      const price = Number(text);
      const size = Number(amount);
      if (!(price > 0 && size >= 0)) throw new Error(`${JSON.stringify([text, amount])} is no price and size`);
      if (size === 0) levels.delete(text);
      else levels.set(text, { price, size });
    }
  }

  /** `undefined` while a side is empty, or the two cross because changes of one have not come yet. */
  best(): BestPrices | undefined {
    let bid: Level | undefined;
    let ask: Level | undefined;
    for (const level of this.#bids.values()) if (bid === undefined || level.price > bid.price) bid = level;
    for (const level of this.#asks.values()) if (ask === undefined || level.price < ask.price) ask = level;
    if (bid === undefined || ask === undefined || bid.price >= ask.price) return undefined;
    return { bid: bid.price, bidSize: bid.size, ask: ask.price, askSize: ask.size };
  }
}
