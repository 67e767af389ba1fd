/**
 * Makes things and hands them on, in their order, without keeping the event loop from all else: what fits into one slice at once,
 * the rest in slices of its own.
 */

/** So long a slice takes at most, but for the last thing in it, milliseconds. */
const SLICE_MS = 2;

/** Most that are handed on together. */
const MAX_SLICE = 100;

export interface SlicesOptions<T> {
  /** Takes what a slice has made. The next slice waits until that is done; it is not rejected. */
  readonly take: (made: readonly T[]) => Promise<void>;
  /** Something could not be made: the others are. */
  readonly onError: (error: unknown) => void;
  /** Milliseconds since some moment. */
  readonly monotonic: () => number;
}

export class Slices<T> implements Disposable {
  readonly #options: SlicesOptions<T>;
  #waiting: (() => T)[] = [];
  #next = 0;
  #isUnderWay = false;
  #isDisposed = false;
  #immediate: NodeJS.Immediate | undefined;

  constructor(options: SlicesOptions<T>) {
    this.#options = options;
  }

  add(makes: readonly (() => T)[]): void {
    if (makes.length === 0) return;
    for (const make of makes) this.#waiting.push(make);
    if (!this.#isUnderWay) this.#slice();
  }

  /** Makes all that waits. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    clearImmediate(this.#immediate);
    while (this.#waiting.length > 0) this.#slice();
  }

  #slice(): void {
    const { take, onError, monotonic } = this.#options;
    const endMs = monotonic() + SLICE_MS;
    const made: T[] = [];
    while (this.#next < this.#waiting.length && made.length < MAX_SLICE) {
      try {
        const make = this.#waiting[this.#next++];
        if (make !== undefined) made.push(make());
      } catch (error) {
        onError(error);
      }
      if (monotonic() >= endMs) break;
    }
    this.#isUnderWay = this.#next < this.#waiting.length;
    if (!this.#isUnderWay) [this.#waiting, this.#next] = [[], 0];
    const taken = take(made);
    if (this.#isUnderWay) void taken.then(() => this.#later());
  }

  #later(): void {
    if (!this.#isDisposed) this.#immediate = setImmediate(() => this.#slice());
  }
}
