/** Timestamps that are added at the end. */

const FIRST_CAPACITY = 15;

export class GrowingTimes {
  #times = new Float64Array(FIRST_CAPACITY);
  #view: Float64Array = this.#times.subarray(0, 0);
  length = 0;

  get first(): number {
    return this.length === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] as number); // it has one
  }

  get last(): number {
    return this.length === 0 ? Number.NEGATIVE_INFINITY : (this.#times[this.length - 1] as number); // it has one
  }

  push(timeMs: number): void {
    if (this.length === this.#times.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.#times);
      this.#times = larger;
    }
    this.#times[this.length] = timeMs;
    this.length += 1;
  }

  /** All of them: the same array until the next is added. */
  view(): Float64Array {
    if (this.#view.length !== this.length) this.#view = this.#times.subarray(0, this.length);
    return this.#view;
  }
}
