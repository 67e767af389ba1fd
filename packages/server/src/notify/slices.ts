/**
 * Makes things and hands them on, in their order, without keeping the event loop from all else: what fits into one slice at once,
 * the rest in slices of its own.
 */

/** So long a slice takes at most, but for the last thing in it, milliseconds. */
const SLICE_MS = 3;

/** Most that are handed on together. */
const MAX_SLICE = 250;

export interface SlicesOptions<T> {
  /** Takes what a slice has made. */
  readonly take: (made: readonly T[]) => void;
  /** Something could not be made: the others are. */
  readonly onError: (error: unknown) => void;
  /** Milliseconds since some moment. */
  readonly monotonic: () => number;
}

export class Slices<T> implements Disposable {
  readonly #options: SlicesOptions<T>;
  #waiting: (() => T)[] = [];
  #next = 0;
  #immediate: NodeJS.Immediate | undefined;

  constructor(options: SlicesOptions<T>) {
    this.#options = options;
  }

  add(makes: readonly (() => T)[]): void {
    if (makes.length === 0) return;
    for (const make of makes) this.#waiting.push(make);
    if (this.#immediate === undefined) this.#slice();
  }

  /** Makes all that waits. */
  [Symbol.dispose](): void {
    clearImmediate(this.#immediate);
    while (this.#waiting.length > 0) this.#slice();
    clearImmediate(this.#immediate);
  }

  #slice(): void {
    this.#immediate = undefined;
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
    if (this.#next >= this.#waiting.length) [this.#waiting, this.#next] = [[], 0];
    else this.#immediate = setImmediate(() => this.#slice());
    if (made.length > 0) take(made);
  }
}
