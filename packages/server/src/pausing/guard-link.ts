/** The guard as bots on the link see it: what is paused for them, and whether they may be given a lease. */
import { type Guard, printScope } from "@haltwatch/guard";
import type { GuardPort, PauseReport } from "../link/index.ts";

export interface GuardLinkOptions {
  readonly guard: Guard;
  /** Told what a bot has done about a pause. */
  readonly onReport: (bot: string, scopes: string, report: PauseReport) => void;
}

export function guardLink({ guard, onReport }: GuardLinkOptions): GuardPort {
  return {
    get epoch() {
      return guard.epoch;
    },
    stateFor: (bot) => guard.pausesOf(bot),
    refusal: () => (guard.isDurable ? undefined : "a pause could not be written: see to the disk"),
    onChange: (listener) => guard.onChange(() => listener()),
    acknowledged(bot, epoch, report) {
      const pause = guard.pauses().find((one) => one.epoch === epoch);
      onReport(bot, pause === undefined ? `epoch ${epoch}` : printScope(pause.scope), report);
    },
  };
}
