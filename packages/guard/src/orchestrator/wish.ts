/** What is to be done by an orchestrator, and what for. */
import { isStricter, type TradingState } from "../state.ts";
import type { OrchestratorAction } from "./orchestrator-settings.ts";

export interface Wish {
  readonly action: OrchestratorAction;
  /** Of the guard when it was wished: rises with each wish. */
  readonly epoch: number;
  readonly state: TradingState;
  readonly reason: string;
  /** Empty if a person wishes it. */
  readonly rule: string;
}

/** Whether the one lets less be traded than the other. */
export function isStricterAction(action: OrchestratorAction, than: OrchestratorAction): boolean {
  return isStricter(STATE_OF[action], STATE_OF[than]);
}

const STATE_OF = { pause: "HALTED", reduce: "REDUCING", resume: "ACTIVE" } as const satisfies Readonly<
  Record<OrchestratorAction, TradingState>
>;
