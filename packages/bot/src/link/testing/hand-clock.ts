/** A clock that goes when the test says so. */
import type { LinkClock } from "../link-clock.ts";

interface Timer {
  readonly atMs: number;
  readonly call: () => void;
}

export class HandClock implements LinkClock {
  /** Unix milliseconds at the start. */
  readonly epochMs: number;
  #nowMs = 0;
  /** The wall clock was set by so much. */
  #stepMs = 0;
  #timers: Timer[] = [];
  #soon: (() => void)[] = [];

  constructor(epochMs = 1_764_000_000_000) {
    this.epochMs = epochMs;
  }

  wall(): number {
    return Math.floor(this.epochMs + this.#nowMs + this.#stepMs);
  }

  monotonic(): number {
    return this.#nowMs;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, ms), call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  soon(call: () => void): void {
    this.#soon.push(call);
  }

  /** Ends the event loop's turn. */
  turn(): void {
    const calls = this.#soon;
    this.#soon = [];
    for (const call of calls) call();
  }

  /** Time passes, and what it brings is done, each at its time. */
  pass(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      this.turn();
      const due = this.#timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((one) => one !== due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.call();
    }
    this.#nowMs = untilMs;
  }

  /** Time passes while the process stands still: no timer runs. */
  block(ms: number): void {
    this.#nowMs += ms;
  }

  /** The machine was suspended, or the wall clock was set. */
  step(ms: number): void {
    this.#stepMs += ms;
  }
}
