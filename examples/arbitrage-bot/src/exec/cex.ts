/** Orders on the centralised exchange, on paper. */
import type { ArbitrageRecorder } from "@haltwatch/bot";
import type { Quote } from "../feeds/quote.ts";
import type { Random } from "../random.ts";
import {
  type Cancellation,
  cancelOnPaper,
  type Execution,
  endOnPaper,
  type PaperOrder,
  type SentOrder,
  sendOnPaper,
  type VenueModel,
} from "./paper-execution.ts";

/** Fast, and rarely refuses. Nine of ten answers come within 20 to 80 ms. */
const CEX_MODEL: VenueModel = {
  medianLatencyMs: 40,
  latencySigma: 0.45,
  timeoutMs: 1000,
  lostShare: 0.004,
  rejectedShare: 0.015,
  failedShare: 0,
  partialShare: 0.08,
  slippageBps: 0.2,
  priceGone: "rejected",
  reasons: {
    rejected: "too many orders in this second",
    failed: "the exchange could not do it",
    timeout: "no answer within 1000 ms",
    priceGone: "price beyond the order's limit",
  },
};

export function sendToCex(order: PaperOrder, random: Random): SentOrder {
  return sendOnPaper(order, CEX_MODEL, random);
}

/** The answer is here: it is recorded before anything else is done with it. @param quote the newest, or that it is taken back */
export function endOnCex(sent: SentOrder, quote: Quote | Cancellation, recorder: ArbitrageRecorder): Execution {
  const execution = quote.kind === "canceled" ? cancelOnPaper(sent, quote) : endOnPaper(sent, CEX_MODEL, quote);
  recorder.recordOrder(execution.report, "cex");
  return execution;
}
