/**
 * What becomes of an order that is only on paper: how long it takes, whether it fills, how far, and at what price. Luck is
 * drawn when the order is sent, the price is the one there is when the answer comes: what moves in between is the bot's risk.
 */
import type { OrderReport, OrderStatus } from "@haltwatch/bot";
import type { Quote } from "../feeds/quote.ts";
import type { Random } from "../random.ts";

/** How a venue treats orders. Shares are from 0 to 1. */
export interface VenueModel {
  /** Half of all answers come faster, milliseconds. */
  readonly medianLatencyMs: number;
  /** Spread of the logarithm of the latency: 0.4 is steady, 0.8 has a long tail. */
  readonly latencySigma: number;
  /** An answer that takes longer is no longer waited for, milliseconds. */
  readonly timeoutMs: number;
  /** Never answered at all. */
  readonly lostShare: number;
  readonly rejectedShare: number;
  readonly failedShare: number;
  readonly partialShare: number;
  /** Standard deviation of the price against the quote, basis points. */
  readonly slippageBps: number;
  /** An order whose price is gone: refused by an exchange, reverted (gas and all) by a chain. */
  readonly priceGone: "rejected" | "failed";
  readonly reasons: Readonly<Record<"rejected" | "failed" | "timeout" | "priceGone", string>>;
}

export interface PaperOrder {
  readonly id: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  /** Amount in the base currency, above 0. */
  readonly base: number;
  /** Worst price at which it may fill, in the quote currency. */
  readonly limitPrice: number;
}

/** An order under way: when its answer comes and how lucky it is are settled, at what price is not. */
export interface SentOrder {
  readonly order: PaperOrder;
  readonly latencyMs: number;
  readonly luck: Luck;
  /** Against the order, basis points, 0 or more. */
  readonly slippageBps: number;
}

type Luck =
  | { readonly kind: "filled"; readonly share: number }
  | { readonly kind: "rejected" }
  | { readonly kind: "failed" }
  | { readonly kind: "timeout" };

/** How an order ended. */
export interface Execution {
  readonly report: OrderReport;
  /** Filled amount in the base currency: positive for a buy, negative for a sale. */
  readonly filledBase: number;
  /** What was paid (negative) or got (positive), in the quote currency, before fees. */
  readonly cashQuote: number;
  /** It was executed, if only to be reverted: on a chain that costs gas, filled or not. */
  readonly reachedVenue: boolean;
}

/** Draws the same number of times whatever comes of it, so that one order's luck does not change the next one's. */
export function sendOnPaper(order: PaperOrder, model: VenueModel, random: Random): SentOrder {
  const drawnMs = model.medianLatencyMs * Math.exp(model.latencySigma * random.normal());
  const draw = random.next();
  const partial = 0.2 + 0.7 * random.next();
  const slippageBps = Math.abs(random.normal()) * model.slippageBps;
  const luck = drawnMs > model.timeoutMs ? ({ kind: "timeout" } as const) : luckOf(draw, partial, model);
  return { order, latencyMs: luck.kind === "timeout" ? model.timeoutMs : drawnMs, luck, slippageBps };
}

/** @param quote the venue's newest when the answer comes */
export function endOnPaper(
  { order, latencyMs, luck, slippageBps }: SentOrder,
  model: VenueModel,
  quote: Quote,
): Execution {
  const direction = order.side === "buy" ? 1 : -1;
  const { reasons } = model;
  if (luck.kind === "timeout") return unfilled(order, latencyMs, "failed", reasons.timeout);
  if (luck.kind === "rejected") return unfilled(order, latencyMs, "rejected", reasons.rejected);
  if (luck.kind === "failed") return { ...unfilled(order, latencyMs, "failed", reasons.failed), reachedVenue: true };
  const price = (order.side === "buy" ? quote.ask : quote.bid) * (1 + (direction * slippageBps) / 1e4);
  if (direction * (price - order.limitPrice) > 0)
    return { ...unfilled(order, latencyMs, model.priceGone, reasons.priceGone), reachedVenue: true };
  const filled = order.base * luck.share;
  const status: OrderStatus = luck.share < 1 ? "partially_filled" : "filled";
  return {
    report: { ...reportOf(order, latencyMs), status, volumeQuote: filled * price },
    filledBase: direction * filled,
    cashQuote: -direction * filled * price,
    reachedVenue: true,
  };
}

/** An order is taken back before it filled. */
export interface Cancellation {
  readonly kind: "canceled";
  /** Why, for people. */
  readonly reason: string;
}

export function cancelOnPaper({ order, latencyMs }: SentOrder, { reason }: Cancellation): Execution {
  return unfilled(order, latencyMs, "canceled", reason);
}

function unfilled(order: PaperOrder, latencyMs: number, status: OrderStatus, reason: string): Execution {
  const report = { ...reportOf(order, latencyMs), status, volumeQuote: 0, reason };
  return { report, filledBase: 0, cashQuote: 0, reachedVenue: false };
}

function reportOf({ id: orderId, symbol, side }: PaperOrder, latency: number) {
  return { orderId, symbol, side, latency };
}

function luckOf(draw: number, partial: number, model: VenueModel): Luck {
  const { lostShare, rejectedShare, failedShare, partialShare } = model;
  if (draw < lostShare) return { kind: "timeout" };
  if (draw < lostShare + rejectedShare) return { kind: "rejected" };
  if (draw < lostShare + rejectedShare + failedShare) return { kind: "failed" };
  if (draw < lostShare + rejectedShare + failedShare + partialShare) return { kind: "filled", share: partial };
  return { kind: "filled", share: 1 };
}
