/** A clock that stands still until a test turns it. */
import type { Clock } from "../../scrape/clock.ts";

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

  /** Goes on by so much; what is due meanwhile is called at its time. */
  turn(ms: number): void {
    const endMs = this.#monotonicMs + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      this.#pass(next.dueMs - this.#monotonicMs);
      this.#timers.delete(next);
      next.call();
    }
    this.#pass(endMs - this.#monotonicMs);
  }

  /** So long nothing is called, though it is due: the process is busy or asleep. */
  block(ms: number): void {
    this.#pass(ms);
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
