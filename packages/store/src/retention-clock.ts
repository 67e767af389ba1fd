/**
 * The time by which samples are too old. It follows the wall clock, but forward only so much faster than time passes: when a
 * clock jumps a year ahead, whoever runs the store has hours to put it right before much of what was kept is gone. It begins at
 * the newest sample, for the clock may have been wrong already when the store was opened.
 */

/** A month's gap is caught up with in some thirty hours; an hour of a wrong clock costs at most a day's samples. */
const MAX_SPEED = 24;

export class RetentionClock {
  readonly #wall: () => number;
  readonly #monotonic: () => number;
  #nowMs: number;
  #lookedAt: number;

  /** @param newestMs time of the newest sample; not finite if there is none */
  constructor(wall: () => number, monotonic: () => number, newestMs: number) {
    this.#wall = wall;
    this.#monotonic = monotonic;
    this.#nowMs = Number.isFinite(newestMs) ? Math.min(newestMs, wall()) : wall();
    this.#lookedAt = monotonic();
  }

  now(): number {
    const at = this.#monotonic();
    const passedMs = Math.max(0, at - this.#lookedAt);
    this.#lookedAt = at;
    this.#nowMs = Math.min(this.#wall(), this.#nowMs + passedMs * MAX_SPEED);
    return this.#nowMs;
  }
}
