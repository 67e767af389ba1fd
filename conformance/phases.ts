/** Values that change with time as a seed says. */

/** The same numbers for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to 1. */
  next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 4_294_967_296;
  }

  of<T>(list: readonly [T, ...T[]]): T {
    return list[Math.floor(this.next() * list.length)] ?? list[0];
  }
}

/** A value that is one thing for a while, then another; between two of them, and before and after all, it is the quiet one. */
export class Phases<T> {
  readonly #phases: { readonly from: number; readonly to: number; readonly value: T }[] = [];
  readonly #quiet: T;

  constructor(
    random: Random,
    endS: number,
    quiet: T,
    values: readonly [T, ...T[]],
    lengths: readonly [number, ...number[]],
  ) {
    this.#quiet = quiet;
    for (let from = random.of([1, 3]); ; ) {
      const to = from + random.of(lengths);
      if (to > endS) break;
      this.#phases.push({ from, to, value: random.of(values) });
      from = to + random.of([3, 4, 5]);
    }
  }

  at(seconds: number): T {
    return this.#phases.find(({ from, to }) => seconds >= from && seconds < to)?.value ?? this.#quiet;
  }

  /** How many phases have begun. */
  begun(seconds: number): number {
    return this.#phases.filter(({ from }) => from <= seconds).length;
  }

  /** Seconds since the latest beginning of a phase, or since long before. */
  sinceBegin(seconds: number): number {
    return seconds - (this.#phases.findLast(({ from }) => from <= seconds)?.from ?? -1000);
  }
}
