/** A clock that stands still until a test turns it. */
import { setImmediate } from "node:timers/promises";
import type { Clock } from "../clock.ts";

interface Timer {
  readonly dueMs: number;
  readonly call: () => void;
}

export class HandClock implements Clock {
  #nowMs: number;
  #monotonicMs = 0;
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

  after(ms: number, call: () => void): () => void {
    const timer = { dueMs: this.#monotonicMs + ms, call };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many calls are to come. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Goes on by so much; what is due meanwhile is called at its time, and what it sets going comes to rest. */
  async turn(ms: number): Promise<void> {
    const endMs = this.#monotonicMs + ms;
    await settled();
    for (;;) {
      let next: Timer | undefined;
      for (const timer of this.#timers) {
        if (timer.dueMs <= endMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
      }
      if (next === undefined) break;
      this.#pass(next.dueMs - this.#monotonicMs);
      this.#timers.delete(next);
      next.call();
      await settled();
    }
    this.#pass(endMs - this.#monotonicMs);
  }

  /** The time of day is set: what waits goes on waiting. */
  set(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  #pass(ms: number): void {
    this.#nowMs += Math.max(0, ms);
    this.#monotonicMs += Math.max(0, ms);
  }
}

/** What needs nothing but its turn has had it. */
async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await setImmediate();
}
