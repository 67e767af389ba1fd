/**
 * A made-up market: one price that wanders, and two venues around it whose difference swings back and forth, now and then
 * far enough to trade on. The same seed makes the same market.
 */
import type { Random } from "../random.ts";
import type { ArbitrageVenue, Quote } from "./quote.ts";

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
/** The same for a venue that is made up around a recorded one: its standard deviation, and how long it takes to fade. */
const SHADOW_DEVIATION = 7e-4;
const SHADOW_RETURN_MS = 5000;

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
      kind: "price",
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

/**
 * The other side of a market of which only one was recorded: its price, moved by a basis that swings. By time, not by quote:
 * one recording has a price a minute, another hundreds a second.
 */
export function shadowOf(random: Random, venue: ArbitrageVenue): (quote: Quote) => Quote {
  let basis = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  return (quote) => {
    const kept = Math.exp(-Math.max(0, quote.timeMs - lastMs) / SHADOW_RETURN_MS);
    lastMs = quote.timeMs;
    basis = basis * kept + SHADOW_DEVIATION * Math.sqrt(1 - kept * kept) * random.normal();
    const [bid, ask] = [quote.bid * (1 + basis), quote.ask * (1 + basis)];
    return { ...quote, venue, instrument: "simulated", bid, ask, feeBps: undefined };
  };
}
