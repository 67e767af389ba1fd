/**
 * When a beat is due: each so many milliseconds of time that really passes, whatever happens to the time of day. Beats have their place
 * in UTC (at :00 and :30 for 30 s). Where they are off it, after the clock was set or at the start, each moves towards it by so
 * little that no two beats are nearer or farther than they should be by more than that.
 *
 * What was missed, because the machine slept or the process stood still, is not made up for: the next beat says why it was missing.
 */
import type { Clock } from "./clock.ts";
import { ElapsedTime } from "./elapsed-time.ts";

/** Longest wait, milliseconds: after a suspension the beat comes at once. */
const LOOK_MS = 1_000;

/** How far a beat is moved at most towards its place in UTC, milliseconds. */
const MAX_SHIFT_MS = 500;

/** A clock that moved less against real time was disciplined, not set, milliseconds. */
const LEAST_STEP_MS = 500;

/** Later than this a beat is missing, milliseconds: what `verify` takes for a gap. */
export const BEAT_TOLERANCE_MS = 1_000;

export type GapReason =
  /** The machine slept. */
  | "suspended"
  /** The process got no time to run: it was stopped, or the machine was busy. */
  | "stalled"
  /** It did not run. */
  | "not-running";

export interface Gap {
  /** Since the beat before, milliseconds. */
  readonly ms: number;
  readonly reason: GapReason;
}

export interface BeatTime {
  /** When it began, Unix milliseconds. */
  readonly timeMs: number;
  /** The same in real time since the schedule began, milliseconds: what gaps are measured with. */
  readonly elapsedMs: number;
  /** If it comes later after the one before than it should. */
  readonly gap: Gap | undefined;
  /** By how much the time of day was set since the beat before, milliseconds; negative if back. 0 if it was not. */
  readonly clockStepMs: number;
}

export interface BeatScheduleOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  /** When there was a beat last, by an earlier process, Unix milliseconds. */
  readonly lastBeatMs?: number | undefined;
  /** Fulfilled when all of the beat is done; the next one does not wait for it. */
  readonly onBeat: (time: BeatTime) => Promise<void>;
}

export class BeatSchedule {
  readonly #options: BeatScheduleOptions;
  readonly #elapsed: ElapsedTime;
  #dueMs: number;
  #last: { readonly elapsedMs: number; readonly suspendedMs: number; readonly wallMs: number } | undefined;
  readonly #running = new Set<Promise<void>>();
  #isStopped = false;
  #cancel: () => void = () => undefined;

  /** The first beat is at once, or an interval after the last one of an earlier process. */
  constructor(options: BeatScheduleOptions) {
    this.#options = options;
    const { clock, intervalMs, lastBeatMs } = options;
    this.#elapsed = new ElapsedTime(clock);
    const agoMs = lastBeatMs === undefined ? intervalMs : clock.now() - lastBeatMs;
    // A last beat in the future says that the clock was set back: it says nothing of when it was.
    this.#dueMs = agoMs < 0 ? 0 : Math.max(0, intervalMs - agoMs);
  }

  start(): void {
    this.#wait();
  }

  /** No beat begins any more. @returns when those under way are done; any number of times */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await Promise.all(this.#running);
  }

  #wait(): void {
    if (this.#isStopped) return;
    const waitMs = Math.max(0, this.#dueMs - this.#elapsed.ms);
    this.#cancel = this.#options.clock.after(Math.min(waitMs, LOOK_MS), () => {
      if (this.#isStopped) return;
      // Timers may be early by a fraction of a millisecond.
      if (this.#elapsed.ms >= this.#dueMs - 1) this.#beat();
      this.#wait();
    });
  }

  #beat(): void {
    const { clock, intervalMs, onBeat } = this.#options;
    const elapsedMs = this.#elapsed.ms;
    const timeMs = clock.now();
    const time = { timeMs, elapsedMs, gap: this.#gap(elapsedMs, timeMs), clockStepMs: this.#step(elapsedMs, timeMs) };
    this.#last = { elapsedMs, suspendedMs: this.#elapsed.suspendedMs, wallMs: timeMs };
    // From when it was due, so that there is no drift; but not less than an interval after one that came too late.
    const isLate = elapsedMs - this.#dueMs > BEAT_TOLERANCE_MS;
    const base = isLate ? elapsedMs : this.#dueMs;
    this.#dueMs = base + intervalMs + this.#shift(base + intervalMs, timeMs - elapsedMs);
    const running = onBeat(time).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  #gap(elapsedMs: number, timeMs: number): Gap | undefined {
    const { intervalMs, lastBeatMs } = this.#options;
    if (this.#last === undefined) {
      const ms = lastBeatMs === undefined ? 0 : timeMs - lastBeatMs;
      return ms > intervalMs + BEAT_TOLERANCE_MS ? { ms, reason: "not-running" } : undefined;
    }
    const ms = elapsedMs - this.#last.elapsedMs;
    if (ms <= intervalMs + BEAT_TOLERANCE_MS) return undefined;
    const sleptMs = this.#elapsed.suspendedMs - this.#last.suspendedMs;
    return { ms: Math.round(ms), reason: sleptMs > 0 ? "suspended" : "stalled" };
  }

  #step(elapsedMs: number, timeMs: number): number {
    if (this.#last === undefined) return 0;
    const stepMs = timeMs - this.#last.wallMs - (elapsedMs - this.#last.elapsedMs);
    return Math.abs(stepMs) < LEAST_STEP_MS ? 0 : Math.round(stepMs);
  }

  /** @param offsetMs what is added to real time to make it Unix time */
  #shift(dueMs: number, offsetMs: number): number {
    const { intervalMs } = this.#options;
    const off = (((dueMs + offsetMs) % intervalMs) + intervalMs) % intervalMs;
    const wanted = off > intervalMs / 2 ? intervalMs - off : -off;
    // For short intervals less, so that a beat stays near to where it is expected.
    const most = Math.min(MAX_SHIFT_MS, intervalMs / 60);
    return Math.max(-most, Math.min(most, wanted));
  }
}
