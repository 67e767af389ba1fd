/** What becomes of an order that is only on paper: how long it takes, whether it fills, how far, and at what price. */
import type { OrderReport, OrderStatus } from "@haltwatch/bot";
import type { Random } from "../random.ts";

/** How a venue treats orders. Shares are from 0 to 1. */
export interface VenueModel {
  /** Half of all answers come faster, milliseconds. */
  readonly medianLatencyMs: number;
  /** Spread of the logarithm of the latency: 0.4 is steady, 0.8 has a long tail. */
  readonly latencySigma: number;
  readonly rejectedShare: number;
  /** Never answered, or reverted on the chain. */
  readonly failedShare: number;
  readonly partialShare: number;
  readonly rejectedReason: string;
  readonly failedReason: string;
  /** Standard deviation of the price against the quote, basis points. */
  readonly slippageBps: number;
}

export interface PaperOrder {
  readonly id: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  /** Amount in the base currency, above 0. */
  readonly base: number;
  /** In the quote currency, from the quote that was traded on. */
  readonly price: number;
}

/** How an order ended. */
export interface Execution {
  readonly report: OrderReport;
  /** Filled amount in the base currency: positive for a buy, negative for a sale. */
  readonly filledBase: number;
  /** What was paid (negative) or got (positive), in the quote currency, before fees. */
  readonly cashQuote: number;
  readonly latencyMs: number;
}

/** Drawn when the order is sent, so that the same seed gives the same orders. */
export function executeOnPaper(order: PaperOrder, model: VenueModel, random: Random): Execution {
  const latencyMs = model.medianLatencyMs * Math.exp(model.latencySigma * random.normal());
  const draw = random.next();
  const partial = 0.2 + 0.7 * random.next();
  const slip = 1 + (Math.abs(random.normal()) * model.slippageBps * (order.side === "buy" ? 1 : -1)) / 1e4;
  const { status, share, reason } = outcome(draw, partial, model);
  const filled = order.base * share;
  const direction = order.side === "buy" ? 1 : -1;
  const value = filled * order.price * slip;
  const { id: orderId, symbol, side } = order;
  const report = { status, orderId, symbol, side, volumeQuote: value, latency: latencyMs };
  return {
    report: reason === undefined ? report : { ...report, reason },
    filledBase: direction * filled,
    cashQuote: -direction * value,
    latencyMs,
  };
}

/** The same order, not filled: the bot was stopped while it was under way. */
export function canceled({ report, latencyMs }: Execution): Execution {
  return {
    report: { ...report, status: "canceled", volumeQuote: 0, reason: "the bot stops" },
    filledBase: 0,
    cashQuote: 0,
    latencyMs,
  };
}

function outcome(
  draw: number,
  partial: number,
  model: VenueModel,
): { status: OrderStatus; share: number; reason?: string } {
  const { rejectedShare, failedShare, partialShare } = model;
  if (draw < rejectedShare) return { status: "rejected", share: 0, reason: model.rejectedReason };
  if (draw < rejectedShare + failedShare) return { status: "failed", share: 0, reason: model.failedReason };
  if (draw < rejectedShare + failedShare + partialShare) return { status: "partially_filled", share: partial };
  return { status: "filled", share: 1 };
}
