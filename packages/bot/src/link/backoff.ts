/** How long to wait before the next attempt: longer each time, and never all bots at the same moment. */

/** Milliseconds: a Haltwatch that restarts is found again long before a lease ends. */
const FIRST_MS = 100;
const LONGEST_MS = 5_000;

export class Backoff {
  readonly #random: () => number;
  #nextMs = FIRST_MS;

  /** @param random from 0 to 1 */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Milliseconds; between half of it and all of it is chance. */
  next(): number {
    const wait = this.#nextMs * (0.5 + this.#random() / 2);
    this.#nextMs = Math.min(this.#nextMs * 2, LONGEST_MS);
    return wait;
  }

  /** The last attempt went well. */
  reset(): void {
    this.#nextMs = FIRST_MS;
  }

  /** What was refused is refused again, unless somebody does something. */
  refused(): void {
    this.#nextMs = LONGEST_MS;
  }
}
