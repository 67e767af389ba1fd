/**
 * A beat as a line of `heartbeat.log`: one JSON object, its time first, so that `grep`, `jq` and people can read it. The fields are
 * described in docs/heartbeat.md.
 */
import type { BeatTime, Gap } from "../clock/beat-schedule.ts";
import type { Beat } from "./heartbeat.ts";

/** Longest line that is read, characters. */
const MAX_LINE_LENGTH = 262_144;

export interface BeatLine {
  /** Unix milliseconds. */
  readonly timeMs: number;
  readonly beat: number;
  /** Of the process: within one, `elapsedMs` can be compared. */
  readonly run: string;
  /** Real time since the process's schedule began, milliseconds. */
  readonly elapsedMs: number;
  /** How often there is to be a beat, milliseconds. */
  readonly everyMs: number;
  readonly gap: Gap | undefined;
  readonly clockStepMs: number;
}

/** What is written of any round of looks that is made by a schedule. */
interface LoggedBeat extends BeatTime {
  /** Of the process, from 1. */
  readonly number: number;
  readonly durationMs: number;
}

interface BeatResult {
  /** Of the process. */
  readonly run: string;
  /** How often there is to be a beat, milliseconds. */
  readonly everyMs: number;
  /** How many of what was looked at are well, and how many are not. */
  readonly up: number;
  readonly down: number;
  /** What was seen, in fields of its own after the others. */
  readonly seen: Readonly<Record<string, object>>;
}

/** With its line feed. */
export function printBeat({ readings, ...beat }: Beat, run: string, everyMs: number): string {
  const services: Record<string, object> = {};
  let down = 0;
  for (const [{ name }, { fault, latencyMs }] of readings) {
    if (fault !== undefined) down++;
    services[name] = {
      status: fault === undefined ? "ok" : "down",
      ...(latencyMs === undefined ? {} : { ms: Math.round(latencyMs) }),
      ...(fault === undefined ? {} : { fault: fault.kind, detail: fault.detail }),
    };
  }
  return printBeatLine(beat, { run, everyMs, up: readings.size - down, down, seen: { services } });
}

/** A line that {@link parseBeatLine} reads, whatever was looked at; with its line feed. */
export function printBeatLine(beat: LoggedBeat, { run, everyMs, up, down, seen }: BeatResult): string {
  const line = {
    time: new Date(beat.timeMs).toISOString(),
    beat: beat.number,
    run,
    elapsed_ms: Math.round(beat.elapsedMs),
    every_ms: everyMs,
    took_ms: beat.durationMs,
    up,
    down,
    ...(beat.gap === undefined ? {} : { gap_ms: beat.gap.ms, gap_reason: beat.gap.reason }),
    ...(beat.clockStepMs === 0 ? {} : { clock_step_ms: beat.clockStepMs }),
    ...seen,
  };
  return `${JSON.stringify(line)}\n`;
}

/** @returns `undefined` for what is no beat's line: one that a crash has torn, or somebody has edited */
export function parseBeatLine(text: string): BeatLine | undefined {
  if (text.length > MAX_LINE_LENGTH) return undefined;
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof line !== "object" || line === null) return undefined;
  const field = (name: string): unknown => Reflect.get(line, name);
  const [time, beat, run, elapsedMs, everyMs] = ["time", "beat", "run", "elapsed_ms", "every_ms"].map(field);
  if (typeof time !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time)) return undefined;
  const timeMs = Date.parse(time);
  if (Number.isNaN(timeMs) || typeof run !== "string") return undefined;
  if (typeof beat !== "number" || typeof elapsedMs !== "number" || typeof everyMs !== "number") return undefined;
  if (!(everyMs > 0)) return undefined;
  const [gapMs, reason, step] = ["gap_ms", "gap_reason", "clock_step_ms"].map(field);
  const isReason = reason === "suspended" || reason === "stalled" || reason === "not-running";
  return {
    ...{ timeMs, beat, run, elapsedMs, everyMs },
    gap: typeof gapMs === "number" && isReason ? { ms: gapMs, reason } : undefined,
    clockStepMs: typeof step === "number" ? step : 0,
  };
}
