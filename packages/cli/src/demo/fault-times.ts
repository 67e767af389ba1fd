/** What `--fault NAME@SECONDS` says: which fault is switched on, of which bot, and when. */
import { CommandError } from "../command-error.ts";

export interface FaultTime {
  readonly fault: string;
  /** A bot's name or its pack's, where it is given. */
  readonly bot: string | undefined;
  /** After the start. */
  readonly seconds: number;
}

/** @param text `sequencer-down@20`, or `betting:sequencer-down@20` @throws {CommandError} if it is neither */
export function faultTime(text: string): FaultTime {
  const [, bot, fault, seconds] = /^(?:([\w-]+):)?([\w-]+)@(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (fault !== undefined && Number(seconds) <= 86_400) return { fault, bot, seconds: Number(seconds) };
  const hint = "Write it like sequencer-down@20, or betting:sequencer-down@20: seconds after the start, a day at most";
  throw new CommandError(`--fault ${text} says no fault and no time`, hint);
}
