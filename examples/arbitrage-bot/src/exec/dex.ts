/** Swaps on the chain, on paper. */
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

/** Slow, all or nothing, and now and then reverted. Nine of ten answers come within 100 to 320 ms. */
const DEX_MODEL: VenueModel = {
  medianLatencyMs: 180,
  latencySigma: 0.35,
  timeoutMs: 3000,
  lostShare: 0.005,
  rejectedShare: 0.01,
  failedShare: 0.02,
  partialShare: 0,
  slippageBps: 0.6,
  priceGone: "failed",
  reasons: {
    rejected: "gas price above the limit",
    failed: "transaction reverted: somebody else was first",
    timeout: "not in a block within 3000 ms",
    priceGone: "transaction reverted: price beyond the slippage limit",
  },
};

export function sendToDex(order: PaperOrder, random: Random): SentOrder {
  return sendOnPaper(order, DEX_MODEL, random);
}

/** The answer is here: it is recorded before anything else is done with it. @param quote the newest, or that it is taken back */
export function endOnDex(sent: SentOrder, quote: Quote | Cancellation, recorder: ArbitrageRecorder): Execution {
  const execution = quote.kind === "canceled" ? cancelOnPaper(sent, quote) : endOnPaper(sent, DEX_MODEL, quote);
  recorder.recordOrder(execution.report, "dex");
  return execution;
}
