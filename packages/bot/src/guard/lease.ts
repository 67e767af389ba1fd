/**
 * How long Haltwatch has allowed trading: until the lease's length after the bot *sent* the renewal that was granted, so that no
 * delay on the way makes it longer.
 */

/**
 * The monotonic clock stands still while the machine is suspended. A wall clock that has come further than the lease by more
 * than this says so, milliseconds; less may be a clock that was set.
 */
const SUSPENDED_MS = 2_000;

/** Both clocks at one moment. */
export interface Moment {
  /** Monotonic milliseconds. */
  readonly monotonic: number;
  /** Unix milliseconds. */
  readonly wall: number;
}

export class Lease {
  // Both begin as the kind of number they stay, so that reading them allocates nothing.
  #until = Number.NaN;
  #wallUntil = Number.NaN;

  constructor() {
    this.#until = Number.NEGATIVE_INFINITY;
    this.#wallUntil = Number.NEGATIVE_INFINITY;
  }

  /** Monotonic milliseconds: from then on, it does not hold. */
  get until(): number {
    return this.#until;
  }

  /** @param lengthMs from when the renewal was sent; a grant that ends earlier than the last one changes nothing */
  extend(sent: Moment, lengthMs: number): void {
    const until = sent.monotonic + lengthMs;
    if (!(until > this.#until)) return;
    this.#until = until;
    this.#wallUntil = sent.wall + lengthMs + SUSPENDED_MS;
  }

  /** Ends it now. */
  end(): void {
    this.#until = Number.NEGATIVE_INFINITY;
  }

  holds(monotonic: number, wall: number): boolean {
    return monotonic < this.#until && wall < this.#wallUntil;
  }
}
