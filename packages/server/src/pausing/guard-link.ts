/** The guard as bots on the link see it: what is paused for them, and whether they may be given a lease. */
import { type Guard, printScope } from "@haltwatch/guard";
import type { GuardPort, PauseReport } from "../link/index.ts";

export interface GuardLinkOptions {
  readonly guard: Guard;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Told what a bot has done about a pause. */
  readonly onReport: (bot: string, scopes: string, report: PauseReport) => void;
  /** A bot has a pause: from this time on, by the clock of its samples, it trades no more. */
  readonly onReceived: (bot: string, epoch: number, timeMs: number) => void;
  /** Why nobody may be given a lease now, beside what the guard itself knows. */
  readonly refusal: () => string | undefined;
  /** Told what went wrong with a pause that holds all the same. */
  readonly onError: (error: unknown) => void;
}

/** Pauses by this name are for what only a person can know: what was paused when. */
const LOST_HISTORY = "guard:lost-history";

export function guardLink({ guard, now, onReport, onReceived, refusal, onError }: GuardLinkOptions): GuardPort {
  return {
    get epoch() {
      return guard.epoch;
    },
    stateFor: (bot) => guard.pausesOf(bot),
    refusal: () => (guard.isDurable ? refusal() : "a pause could not be written: see to the disk"),
    linked(bot, epoch) {
      if (guard.knows(epoch)) return;
      const reason = `${bot} was told of a pause or an arm that is not in this file: Haltwatch died before it was written, or the file is older`;
      const pause = { scope: { bot }, state: "HALTED", reason, by: "haltwatch", rule: LOST_HISTORY } as const;
      try {
        guard.pause({ ...pause, timeMs: now(), aboveEpoch: epoch });
      } catch (error) {
        onError(error); // the pause holds: it is the disk that failed
      }
    },
    onChange: (listener) => guard.onChange(() => listener()),
    acknowledged(bot, epoch, report, timeMs) {
      if (report.stage === "received") onReceived(bot, epoch, timeMs);
      const pause = guard.pauses().find((one) => one.epoch === epoch);
      onReport(bot, pause === undefined ? `epoch ${epoch}` : printScope(pause.scope), report);
    },
  };
}
