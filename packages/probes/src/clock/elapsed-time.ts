/**
 * Time that has really passed, and why clocks disagree about it. The monotonic clock sleeps while the machine is suspended, and the
 * time of day may be set: of three clocks two tell what the third did.
 */
import type { Clock } from "./clock.ts";

/** Less is the coarseness of the clock since boot, milliseconds. */
const LEAST_SUSPENSION_MS = 250;

export class ElapsedTime {
  readonly #clock: Clock;
  readonly #startMs: number;
  /** Clock since boot less the monotonic one; grows by what the machine sleeps. */
  #asleepMs: number;
  #suspendedMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startMs = clock.monotonic();
    this.#asleepMs = clock.sinceBoot() - this.#startMs;
  }

  /** Milliseconds since this was made, those included in which the machine was suspended. */
  get ms(): number {
    const asleepMs = this.#clock.sinceBoot() - this.#clock.monotonic();
    const moreMs = asleepMs - this.#asleepMs;
    // Less is noise. It is not taken over, so that a slow drift between the clocks is not mistaken for sleep bit by bit.
    if (Math.abs(moreMs) >= LEAST_SUSPENSION_MS) {
      this.#asleepMs = asleepMs;
      this.#suspendedMs += Math.max(0, moreMs);
    }
    return this.#clock.monotonic() - this.#startMs + this.#suspendedMs;
  }

  /** Of that, suspended. */
  get suspendedMs(): number {
    return this.#suspendedMs;
  }
}
