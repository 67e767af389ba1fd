/**
 * Haltwatch's time, as ages are counted from its times: the computer that shows the page may be wrong by hours. Between two beats it
 * goes on by the monotonic clock.
 */
export class ServerClock {
  readonly #monotonic: () => number;
  readonly #wall: () => number;
  /** Haltwatch's time minus the monotonic clock. */
  #offsetMs: number | undefined;

  constructor(monotonic: () => number, wall: () => number) {
    this.#monotonic = monotonic;
    this.#wall = wall;
  }

  /** @param serverMs what Haltwatch's clock showed when it sent what has just arrived, Unix milliseconds */
  heard(serverMs: number): void {
    this.#offsetMs = serverMs - this.#monotonic();
  }

  /** Unix milliseconds; this computer's until Haltwatch was heard. */
  now(): number {
    return this.#offsetMs === undefined ? this.#wall() : this.#monotonic() + this.#offsetMs;
  }

  /** How far this computer's clock is ahead of Haltwatch's; negative: behind. */
  skewMs(): number {
    return this.#offsetMs === undefined ? 0 : this.#wall() - this.now();
  }
}
