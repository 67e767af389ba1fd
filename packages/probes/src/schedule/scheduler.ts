/**
 * Does things when they are due. It goes by the wall clock and looks at it every few seconds, because timers stand still while a
 * machine is suspended.
 *
 * - What was due while nobody could do it is done once, late, and said to be.
 * - One thing is never done twice at a time: what is due meanwhile is left out, and counted.
 * - A clock that is set back does not stop anything: from then on it is due as the new time says.
 */
import type { CronSchedule } from "./cron-schedule.ts";

/** How often it is looked at least, milliseconds. */
const LOOK_MS = 10_000;

/** Later than this is late, milliseconds. */
const LATE_MS = 30_000;

/** A clock that goes back by more than this between two looks was set, milliseconds. */
const SET_BACK_MS = 1_000;

/** Most due times that are counted of those that were missed. */
const MAX_COUNTED = 1_000;

/** The server's clock, as far as it is needed. */
interface Clock {
  now(): number;
  after(ms: number, call: () => void): () => void;
}

export interface ScheduledJob {
  readonly name: string;
  readonly schedule: CronSchedule;
  /** What it throws is told to {@link SchedulerOptions.onFailed}. */
  readonly run: (due: Due) => Promise<void>;
}

/** Why something is done now. */
export interface Due {
  /** When it was due, the latest time of those that were missed; Unix milliseconds. */
  readonly dueMs: number;
  readonly isLate: boolean;
  /** How many times before this one it was due and not done. */
  readonly missed: number;
}

/** What was done when, for after a restart. */
export interface ScheduleMemory {
  /** When it was due the last time that it was done, Unix milliseconds. */
  readonly lastDueMs: (name: string) => number | undefined;
  /** May throw: it is told to {@link SchedulerOptions.onFailed}. Also of what was never done, with the time of the first start. */
  readonly done: (name: string, dueMs: number) => void;
}

export interface SchedulerOptions {
  readonly jobs: readonly ScheduledJob[];
  readonly clock: Clock;
  readonly memory: ScheduleMemory;
  readonly onLate: (name: string, due: Due) => void;
  /** It was due while it was still being done. */
  readonly onOverlap: (name: string, dueMs: number) => void;
  readonly onFailed: (name: string, error: unknown) => void;
}

export class Scheduler implements AsyncDisposable {
  readonly #options: SchedulerOptions;
  readonly #dueMs = new Map<string, number>();
  readonly #running = new Map<string, Promise<void>>();
  #lookedMs: number;
  #cancel: () => void = () => undefined;
  #isStopped = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#lookedMs = options.clock.now();
  }

  /** From now on. What was due since it was done last, before a restart, is done now. */
  start(): void {
    const { jobs, clock, memory } = this.#options;
    const nowMs = clock.now();
    this.#lookedMs = nowMs;
    for (const { name, schedule } of jobs) {
      const lastMs = memory.lastDueMs(name);
      // What has never been done counts from now on, also after a restart: or a machine that is off at nine would never do it.
      if (lastMs === undefined) this.#remember(name, nowMs);
      // A time to come is from before the clock was set back.
      this.#dueMs.set(name, schedule.next(lastMs === undefined || lastMs > nowMs ? nowMs : lastMs));
    }
    this.#look();
  }

  /** When each is due next, Unix milliseconds. */
  next(): ReadonlyMap<string, number> {
    return this.#dueMs;
  }

  /** Begins nothing more, and waits for what is being done. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await Promise.all(this.#running.values());
  }

  #look(): void {
    const { jobs, clock } = this.#options;
    if (this.#isStopped) return;
    const nowMs = clock.now();
    const wasSetBack = nowMs < this.#lookedMs - SET_BACK_MS;
    this.#lookedMs = nowMs;
    for (const job of jobs) {
      if (wasSetBack) this.#dueMs.set(job.name, Math.min(this.#dueOf(job), job.schedule.next(nowMs)));
      if (this.#dueOf(job) <= nowMs) this.#begin(job, nowMs);
    }
    const waitMs = Math.min(...jobs.map((job) => this.#dueOf(job) - nowMs), LOOK_MS);
    this.#cancel = clock.after(Math.max(1, waitMs), () => this.#look());
  }

  #begin(job: ScheduledJob, nowMs: number): void {
    const { onLate, onOverlap } = this.#options;
    const due = latestDue(job.schedule, this.#dueOf(job), nowMs);
    this.#dueMs.set(job.name, job.schedule.next(nowMs));
    if (this.#running.has(job.name)) {
      onOverlap(job.name, due.dueMs);
      return;
    }
    this.#remember(job.name, due.dueMs);
    if (due.isLate) onLate(job.name, due);
    this.#running.set(job.name, this.#run(job, due));
  }

  /** Where it cannot be remembered, because the disk is full, it is done all the same: nothing else may stop for that. */
  #remember(name: string, dueMs: number): void {
    const { memory, onFailed } = this.#options;
    try {
      memory.done(name, dueMs);
    } catch (error) {
      onFailed(name, error);
    }
  }

  async #run({ name, run }: ScheduledJob, due: Due): Promise<void> {
    try {
      await run(due);
    } catch (error) {
      this.#options.onFailed(name, error);
    } finally {
      this.#running.delete(name);
    }
  }

  #dueOf({ name }: ScheduledJob): number {
    return this.#dueMs.get(name) ?? Number.POSITIVE_INFINITY;
  }
}

function latestDue(schedule: CronSchedule, firstMs: number, nowMs: number): Due {
  let dueMs = firstMs;
  let missed = 0;
  for (; missed < MAX_COUNTED; missed++) {
    const nextMs = schedule.next(dueMs);
    if (nextMs > nowMs) break;
    dueMs = nextMs;
  }
  return { dueMs, isLate: nowMs - dueMs > LATE_MS || missed > 0, missed };
}
