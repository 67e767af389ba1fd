/**
 * A made-up market: one price that wanders, and two venues around it whose difference swings back and forth, now and then
 * far enough to trade on. The same seed makes the same market.
 */
import type { Random } from "../random.ts";
import type { Quote } from "./quote.ts";

const START_PRICE = 2680;
/** A quote comes about this often, milliseconds. */
const QUOTE_EVERY_MS = 200;
const STALE_AFTER_MS = 2000;
/** Spread between bid and ask, as a share of the price. */
const HALF_SPREAD = 0.5e-4;
/** How far the venues drift apart, as a share of the price, and how fast they come together, per quote. */
const BASIS_NOISE = 2e-4;
const BASIS_RETURN = 0.04;
const PRICE_NOISE = 0.4e-4;

/** Never ends by itself. */
export async function* simulatedFeed(random: Random, startMs: number): AsyncGenerator<Quote> {
  let timeMs = startMs;
  let price = START_PRICE;
  let basis = 0;
  for (let i = 0; ; i++) {
    timeMs += QUOTE_EVERY_MS * (0.5 + random.next());
    price *= 1 + PRICE_NOISE * random.normal();
    basis += BASIS_NOISE * random.normal() - BASIS_RETURN * basis;
    const venue = i % 2 === 0 ? "cex" : "dex";
    const middle = price * (1 + (venue === "cex" ? basis / 2 : -basis / 2));
    yield {
      venue,
      instrument: "ETHUSDC",
      timeMs,
      exchangeTimeMs: timeMs - 5 - 40 * random.next(),
      bid: middle * (1 - HALF_SPREAD),
      ask: middle * (1 + HALF_SPREAD),
      staleAfterMs: STALE_AFTER_MS,
    };
  }
}

/** The other side of a market of which only one was recorded: its price, moved by a basis that swings. */
export function shadowOf(random: Random): (tick: Quote) => Quote {
  let basis = 0;
  return (quote) => {
    basis += BASIS_NOISE * random.normal() - BASIS_RETURN * basis;
    return { ...quote, venue: "dex", bid: quote.bid * (1 + basis), ask: quote.ask * (1 + basis) };
  };
}
