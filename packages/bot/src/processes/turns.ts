/** Lets the bot go first, now and then, while a long list is worked through. */

/** Work gives way after this long, milliseconds. */
const YIELD_AFTER_MS = 2;

/** What it costs to look at the clock is shared by this many pieces of work. */
const PIECES_BETWEEN_CLOCK_READS = 64;

/** Begins with a turn of its own. After each piece of work: `if (turns.isOver()) await turns.next()`. */
export class Turns {
  #startedAt = performance.now();
  #piecesUntilClock = PIECES_BETWEEN_CLOCK_READS;

  /** True when it is somebody else's turn. */
  isOver(): boolean {
    if (--this.#piecesUntilClock > 0) return false;
    this.#piecesUntilClock = PIECES_BETWEEN_CLOCK_READS;
    return performance.now() - this.#startedAt >= YIELD_AFTER_MS;
  }

  /** Settles when everything else that waits for the event loop has had its turn. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#startedAt = performance.now();
  }
}
