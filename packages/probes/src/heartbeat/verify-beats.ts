/**
 * Whether a log of beats has a gap. Within one process real time is compared, so that a clock that was set hides no gap and makes
 * none; between two processes only the time of day is there to compare.
 */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { BEAT_TOLERANCE_MS, type GapReason } from "../clock/beat-schedule.ts";
import { ProbeError } from "../probe-error.ts";
import { type BeatLine, parseBeatLine } from "./beat-line.ts";
import { logFiles } from "./beat-log.ts";

/** Gaps that are listed; the rest is counted. */
const MAX_LISTED = 1_000;

export interface FoundGap {
  /** Of the beats around it, Unix milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Real time between them. */
  readonly ms: number;
  /** As the log says; `unknown` where it does not. `no-log`: before its first beat, or after its last. */
  readonly reason: GapReason | "no-log" | "unknown";
}

export interface BeatVerdict {
  readonly beats: number;
  /** Milliseconds between two beats; 0 if there are not two. */
  readonly longestMs: number;
  readonly shortestMs: number;
  readonly gapCount: number;
  readonly gaps: readonly FoundGap[];
  /** Pairs of beats nearer than they should be: one of them is one too many. */
  readonly doubled: number;
  /** How often the time of day was set. */
  readonly clockSteps: number;
  /** Lines that are no beats. */
  readonly unreadable: number;
}

/** Beats in the order in which they were written. */
export class BeatVerification {
  readonly #fromMs: number;
  readonly #gaps: FoundGap[] = [];
  #beats = 0;
  #gapCount = 0;
  #longestMs = 0;
  #shortestMs = Number.POSITIVE_INFINITY;
  #doubled = 0;
  #clockSteps = 0;
  #last: BeatLine | undefined;
  #hasBegun = false;
  unreadable = 0;

  /** @param fromMs beats before do not count, Unix milliseconds */
  constructor(fromMs: number) {
    this.#fromMs = fromMs;
  }

  add(line: BeatLine): void {
    const last = this.#last;
    this.#last = line;
    // The last one before the window is where its first gap begins. Once it has begun all count: the clock may be set back.
    this.#hasBegun ||= line.timeMs >= this.#fromMs;
    if (!this.#hasBegun) return;
    this.#beats++;
    if (line.clockStepMs !== 0) this.#clockSteps++;
    if (last === undefined) {
      this.#check(line.timeMs - this.#fromMs, this.#fromMs, line, "no-log");
      return;
    }
    const ms = last.run === line.run ? line.elapsedMs - last.elapsedMs : line.timeMs - last.timeMs;
    this.#longestMs = Math.max(this.#longestMs, ms);
    this.#shortestMs = Math.min(this.#shortestMs, ms);
    if (ms < line.everyMs - BEAT_TOLERANCE_MS) this.#doubled++;
    const reason = line.gap?.reason ?? (last.run === line.run ? "unknown" : "not-running");
    this.#check(ms, last.timeMs, line, reason);
  }

  /** @param toMs until when there are to be beats, Unix milliseconds */
  verdict(toMs: number): BeatVerdict {
    const last = this.#last;
    if (last === undefined || this.#beats === 0) {
      this.#found({ fromMs: this.#fromMs, toMs, ms: toMs - this.#fromMs, reason: "no-log" });
    } else {
      // A beat is written when its last answer is there: one may be under way.
      const ms = toMs - last.timeMs;
      // One that lies ahead is from before the clock was set back: since then there was none.
      const isOver = ms > 2 * last.everyMs || ms < -BEAT_TOLERANCE_MS;
      if (isOver) this.#found({ fromMs: last.timeMs, toMs, ms: Math.max(0, ms), reason: "no-log" });
    }
    return {
      beats: this.#beats,
      longestMs: this.#longestMs,
      shortestMs: Number.isFinite(this.#shortestMs) ? this.#shortestMs : 0,
      gapCount: this.#gapCount,
      gaps: this.#gaps,
      doubled: this.#doubled,
      clockSteps: this.#clockSteps,
      unreadable: this.unreadable,
    };
  }

  #check(ms: number, fromMs: number, { everyMs, timeMs }: BeatLine, reason: FoundGap["reason"]): void {
    if (ms > everyMs + BEAT_TOLERANCE_MS) this.#found({ fromMs, toMs: timeMs, ms, reason });
  }

  #found(gap: FoundGap): void {
    this.#gapCount++;
    if (this.#gaps.length < MAX_LISTED) this.#gaps.push(gap);
  }
}

/**
 * Reads a log with the days before that were rotated away.
 *
 * @throws {ProbeError} `BAD_LOG` if there is none, or it cannot be read
 */
export async function verifyBeatLog(path: string, fromMs: number, toMs: number): Promise<BeatVerdict> {
  const files = await logFiles(path);
  if (files.length === 0) throw new ProbeError("BAD_LOG", `there is no log ${path}`, "Name a file that is there");
  const verification = new BeatVerification(fromMs);
  for (const file of files) {
    try {
      for await (const text of createInterface({
        input: createReadStream(file),
        crlfDelay: Number.POSITIVE_INFINITY,
      })) {
        if (text === "") continue;
        const line = parseBeatLine(text);
        if (line === undefined) verification.unreadable++;
        else verification.add(line);
      }
    } catch (error) {
      throw new ProbeError("BAD_LOG", `the log ${file} cannot be read`, "Look whether this user may read it", {
        cause: error,
      });
    }
  }
  return verification.verdict(toMs);
}
