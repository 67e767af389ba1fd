/** Best bid and ask of a book that is told by its changes. */

type Change = readonly [price: string, size: string];

export class OrderBook {
  readonly #bids = new Map<string, number>();
  readonly #asks = new Map<string, number>();

  clear(): void {
    this.#bids.clear();
    this.#asks.clear();
  }

  /** Sizes at prices; a size of 0 takes the price out. */
  change(side: "bid" | "ask", changes: readonly Change[]): void {
    const levels = side === "bid" ? this.#bids : this.#asks;
    for (const [price, size] of changes) {
      if (Number(size) === 0) levels.delete(price);
      else levels.set(price, Number(price));
    }
  }

  /** `undefined` while a side is empty, or the two cross because changes of one have not come yet. */
  best(): { readonly bid: number; readonly ask: number } | undefined {
    if (this.#bids.size === 0 || this.#asks.size === 0) return undefined;
    let bid = Number.NEGATIVE_INFINITY;
    let ask = Number.POSITIVE_INFINITY;
    for (const price of this.#bids.values()) if (price > bid) bid = price;
    for (const price of this.#asks.values()) if (price < ask) ask = price;
    return bid < ask ? { bid, ask } : undefined;
  }
}
