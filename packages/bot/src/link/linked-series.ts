/** A series as the link knows it: its reference, and what was last told of it. */

export interface SeriesIdentity {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of its metric. */
  readonly type: string;
  /** The metric's name: of a histogram's series, without `_bucket`, `_sum`, `_count`. */
  readonly metric: string;
  readonly help: string;
  /** When it was born, at zero: of what only grows. `undefined` of all else. */
  readonly zeroMs: number | undefined;
}

export class LinkedSeries implements SeriesIdentity {
  readonly ref: number;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly type: string;
  readonly metric: string;
  readonly help: string;
  zeroMs: number | undefined;
  /** Whether {@link zeroMs} was told in the link that it is announced in. */
  isZeroTold = false;
  /** The last value that was told, or kept for later; NaN at first: a double field from the start. */
  value = Number.NaN;
  /** Whether {@link value} is one: NaN may be. */
  hasValue = false;
  /** The number of the link in which its reference was announced; 0 if in none. */
  announcedIn = 0;

  constructor(ref: number, identity: SeriesIdentity) {
    this.ref = ref;
    this.name = identity.name;
    this.labels = identity.labels;
    this.type = identity.type;
    this.metric = identity.metric;
    this.help = identity.help;
    this.zeroMs = identity.zeroMs;
  }

  /** @returns whether it differs from the last value */
  update(value: number): boolean {
    if (this.hasValue && Object.is(value, this.value)) return false;
    this.value = value;
    this.hasValue = true;
    return true;
  }
}
