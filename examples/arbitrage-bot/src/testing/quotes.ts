/** Quotes and prices as tests write them. */
import type { ArbitrageVenue, Quote } from "../feeds/quote.ts";

export const START_MS = Date.UTC(2026, 10, 21);

/** Of a venue, so many milliseconds after {@link START_MS}; bid and ask are one unless told otherwise. */
export function quoteAt(venue: ArbitrageVenue, afterMs: number, price: number, more: Partial<Quote> = {}): Quote {
  const timeMs = START_MS + afterMs;
  return { kind: "price", venue, instrument: "ETHUSDC", timeMs, bid: price, ask: price, staleAfterMs: 2000, ...more };
}

export async function* stream<T>(...items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

export async function* first<T>(count: number, items: AsyncIterable<T>): AsyncGenerator<T> {
  let left = count;
  for await (const item of items) {
    if (left-- === 0) return;
    yield item;
  }
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
