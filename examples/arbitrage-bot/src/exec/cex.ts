/** Orders on the centralised exchange, on paper. */
import type { ArbitrageRecorder } from "@haltwatch/bot";
import type { Random } from "../random.ts";
import { type Execution, executeOnPaper, type PaperOrder, type VenueModel } from "./paper-execution.ts";

/** Fast, and rarely refuses. */
const CEX_MODEL: VenueModel = {
  medianLatencyMs: 40,
  latencySigma: 0.45,
  rejectedShare: 0.02,
  failedShare: 0.005,
  partialShare: 0.08,
  rejectedReason: "price moved",
  failedReason: "no answer within the time limit",
  slippageBps: 0.2,
};

export function sendToCex(order: PaperOrder, random: Random): Execution {
  return executeOnPaper(order, CEX_MODEL, random);
}

/** The answer is here: it is recorded before anything else is done with it. */
export function endOnCex(execution: Execution, recorder: ArbitrageRecorder): void {
  recorder.recordOrder(execution.report, "cex");
}
