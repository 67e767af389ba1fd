/** A clock that stands still until a test turns it, with all that real ones do: steps, suspension, a process that stands still. */
import type { Clock } from "../clock.ts";

interface Timer {
  readonly dueMs: number;
  readonly call: () => void;
}

export class HandClock implements Clock {
  #nowMs: number;
  #monotonicMs = 0;
  #sinceBootMs = 5_000;
  readonly #timers = new Set<Timer>();

  /** @param nowMs Unix milliseconds */
  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#monotonicMs;
  }

  sinceBoot(): number {
    return this.#sinceBootMs;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { dueMs: this.#monotonicMs + ms, call };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many calls are to come. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Goes on by so much; what is due meanwhile is called at its time, and what that sets off is awaited. */
  async turn(ms: number): Promise<void> {
    const endMs = this.#monotonicMs + ms;
    for (;;) {
      await settled();
      const [next] = [...this.#timers].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      this.block(next.dueMs - this.#monotonicMs);
      this.#timers.delete(next);
      next.call();
    }
    this.block(endMs - this.#monotonicMs);
    await settled();
  }

  /** So long nothing is called, though it is due: the process is busy or stopped. */
  block(ms: number): void {
    const passed = Math.max(0, ms);
    this.#nowMs += passed;
    this.#monotonicMs += passed;
    this.#sinceBootMs += passed;
  }

  /** The machine sleeps: timers and the monotonic clock sleep with it. */
  suspend(ms: number): void {
    this.#nowMs += ms;
    this.#sinceBootMs += ms;
  }

  /** The time of day is set. */
  step(ms: number): void {
    this.#nowMs += ms;
  }
}

/** Everything that waits for nothing but promises has gone on. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await Promise.resolve();
}
