/** What happens with an orchestrator, for logs, the journal and metrics. */
import type { Scope } from "../scope.ts";
import type { OrchestratorFailure } from "./orchestrator-call.ts";
import type { Wish } from "./wish.ts";

export type OrchestratorEvent =
  /** It does what is wanted: for the first time, or again after it did not. */
  | {
      readonly kind: "confirmed";
      readonly name: string;
      readonly wish: Wish;
      /** `sent`: it has accepted the request, and cannot be asked. */
      readonly how: "sent" | "confirmed";
      /** Since it was wanted, or since it was seen not to be so, milliseconds. */
      readonly tookMs: number;
    }
  /** Not within the time. It is asked on. */
  | {
      readonly kind: "unconfirmed";
      readonly name: string;
      readonly wish: Wish;
      readonly afterMs: number;
      readonly failure: OrchestratorFailure;
    }
  | {
      readonly kind: "attempt-failed";
      readonly name: string;
      readonly wish: Wish;
      readonly attempt: number;
      readonly failure: OrchestratorFailure;
    }
  /** It was confirmed, and does something else now: somebody has started the bot again. It is asked again. */
  | {
      readonly kind: "drifted";
      readonly name: string;
      readonly wish: Wish;
      readonly failure: OrchestratorFailure;
    }
  /** A resume was accepted and has no effect: it is not asked on. */
  | { readonly kind: "given-up"; readonly name: string; readonly wish: Wish }
  /** A person has armed, and resumes by hand. */
  | { readonly kind: "left-paused"; readonly name: string; readonly epoch: number }
  /** It is no longer configured, and was left paused. */
  | { readonly kind: "removed-while-paused"; readonly name: string }
  /** It was paused for a change of the guard that the file has lost: nobody has armed, so it has to be paused. */
  | { readonly kind: "lost-history"; readonly name: string; readonly scope: Scope; readonly epoch: number };
