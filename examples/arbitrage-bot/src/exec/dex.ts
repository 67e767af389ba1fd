/** Swaps on the chain, on paper. */
import type { ArbitrageRecorder } from "@haltwatch/bot";
import type { Random } from "../random.ts";
import { type Execution, executeOnPaper, type PaperOrder, type VenueModel } from "./paper-execution.ts";

/** Slow with a long tail, and now and then reverted. */
const DEX_MODEL: VenueModel = {
  medianLatencyMs: 280,
  latencySigma: 0.6,
  rejectedShare: 0.01,
  failedShare: 0.03,
  partialShare: 0,
  rejectedReason: "gas price above the limit",
  failedReason: "transaction reverted: price moved beyond the slippage limit",
  slippageBps: 0.6,
};

export function sendToDex(order: PaperOrder, random: Random): Execution {
  return executeOnPaper(order, DEX_MODEL, random);
}

/** The answer is here: it is recorded before anything else is done with it. */
export function endOnDex(execution: Execution, recorder: ArbitrageRecorder): void {
  recorder.recordOrder(execution.report, "dex");
}
