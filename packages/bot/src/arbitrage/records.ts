/** What an arbitrage bot reports: its orders, its latencies, the opportunities it saw. */
import type { Duration } from "../duration.ts";

/** Where an order went: a centralised exchange, or one on a chain. Others are taken as they are. */
export type Venue = "cex" | "dex" | (string & {});

/** How an order ended. `rejected` by the venue, `failed` on the way (timeout, reverted transaction). */
export type OrderStatus = "filled" | "partially_filled" | "canceled" | "rejected" | "failed";

/** One executed order, as the code that executed it knows it. */
export interface OrderReport {
  readonly status: OrderStatus;
  readonly orderId?: string | undefined;
  /** For instance `ETHUSDT`. */
  readonly symbol?: string | undefined;
  readonly side?: "buy" | "sell" | undefined;
  /** Filled amount times price, in the quote currency; 0 or more. Adds to `volume_total`. */
  readonly volumeQuote?: number | undefined;
  /** From sending the order to its final answer: also recorded as `latency_ms{metric="<venue>_order"}`. */
  readonly latency?: Duration | undefined;
  /** Why it did not fill, for people. */
  readonly reason?: string | undefined;
}

/** A difference in price between two venues that the scanner found worth a look. */
export interface Opportunity {
  readonly symbol?: string | undefined;
  /** Before costs, basis points. May be negative. */
  readonly spreadGrossBps: number;
  /** After fees, gas and slippage, basis points. May be negative. */
  readonly spreadNetBps: number;
}

/** The spread between the venues now, in basis points, whether or not it is worth a trade. */
export interface Spread {
  readonly grossBps: number;
  readonly netBps: number;
}

/** An {@link OrderReport} failed if nothing more will come of it and not all was done that should have been. */
export function isFailure(status: OrderStatus): boolean {
  return status === "rejected" || status === "failed";
}
