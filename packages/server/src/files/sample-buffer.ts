/** Collects samples of any series in any order, a few million at a time, and puts them into the store in columns. */
import type { BackfillColumn, Labels, Series, Store } from "@haltwatch/store";

/** What went into the store. */
export interface Tally {
  /** Put into the store. */
  samples: number;
  /** Left out, because their series had a sample of that time already. */
  duplicates: number;
  /** Of the oldest and the newest that were put there, Unix milliseconds; infinite if there is none. */
  minMs: number;
  maxMs: number;
}

export class SampleBuffer {
  /** What was put into the store so far; what waits in the buffer is not counted. */
  readonly tally: Tally = {
    samples: 0,
    duplicates: 0,
    minMs: Number.POSITIVE_INFINITY,
    maxMs: Number.NEGATIVE_INFINITY,
  };
  readonly #store: Store;
  /** By number. In the store a series is made with its first samples, so that what is discarded leaves nothing behind. */
  readonly #labels: Labels[] = [];
  readonly #series: (Series | undefined)[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #isWritten = new Set<Series>();
  /** The samples, in the order in which they came: numbers of their series, times, values, whether they are stale. */
  readonly #seriesOf: Int32Array;
  readonly #times: Float64Array;
  readonly #values: Float64Array;
  readonly #stale: Uint8Array;
  #count = 0;
  #hasStale = false;

  /** @param capacity samples that are collected before they must be flushed; each takes 42 bytes */
  constructor(store: Store, capacity: number) {
    this.#store = store;
    this.#seriesOf = new Int32Array(capacity);
    this.#times = new Float64Array(capacity);
    this.#values = new Float64Array(capacity);
    this.#stale = new Uint8Array(capacity);
  }

  get isFull(): boolean {
    return this.#count === this.#times.length;
  }

  /** How many series got samples. */
  get series(): number {
    return this.#isWritten.size;
  }

  /** The series' number, for {@link add}. */
  numberOf(labels: Labels): number {
    const known = this.#numbers.get(labels.key);
    if (known !== undefined) return known;
    const number = this.#labels.length;
    this.#labels.push(labels);
    this.#numbers.set(labels.key, number);
    return number;
  }

  /** Not to be called when it is full. */
  add(series: number, timeMs: number, value: number): void {
    const at = this.#count++;
    this.#seriesOf[at] = series;
    this.#times[at] = timeMs;
    this.#values[at] = value;
  }

  /** As {@link add}, for the series' end. */
  addStale(series: number, timeMs: number): void {
    this.#stale[this.#count] = 1;
    this.#hasStale = true;
    this.add(series, timeMs, Number.NaN);
  }

  /** Forgets what was collected since the last flush. */
  discard(): void {
    this.#clear();
  }

  /** @throws {StoreError} if the file cannot be written, or there are too many series; what was written before stays */
  flush(): void {
    const columns = this.#columns();
    this.#store.backfill(columns);
    for (const { series, times } of columns) {
      this.tally.samples += times.length;
      this.tally.minMs = Math.min(this.tally.minMs, times[0] as number); // no column is empty
      this.tally.maxMs = Math.max(this.tally.maxMs, times[times.length - 1] as number);
      this.#isWritten.add(series);
    }
    this.#clear();
  }

  #clear(): void {
    if (this.#hasStale) this.#stale.fill(0);
    this.#hasStale = false;
    this.#count = 0;
  }

  /** By series, in order of time, without those that there are already. */
  #columns(): BackfillColumn[] {
    const ends = new Int32Array(this.#labels.length + 1);
    for (let i = 0; i < this.#count; i++) (ends[(this.#seriesOf[i] as number) + 1] as number)++; // within, as all indices here
    for (let number = 1; number < ends.length; number++) (ends[number] as number) += ends[number - 1] as number;
    const starts = ends.slice();
    const times = new Float64Array(this.#count);
    const values = new Float64Array(this.#count);
    const stale = this.#hasStale ? new Uint8Array(this.#count) : undefined;
    for (let i = 0; i < this.#count; i++) {
      const number = this.#seriesOf[i] as number;
      const at = starts[number] as number;
      starts[number] = at + 1;
      times[at] = this.#times[i] as number;
      values[at] = this.#values[i] as number;
      if (stale !== undefined) stale[at] = this.#stale[i] as number;
    }
    const columns: BackfillColumn[] = [];
    for (const [number, labels] of this.#labels.entries()) {
      const [from, to] = [ends[number] as number, ends[number + 1] as number];
      if (from === to) continue;
      const series = this.#series[number] ?? this.#store.series(labels);
      this.#series[number] = series;
      const column = {
        series,
        times: times.subarray(from, to),
        values: values.subarray(from, to),
        stale: stale?.subarray(from, to),
      };
      const fresh = this.#withoutStored(inOrder(column));
      this.tally.duplicates += to - from - fresh.times.length;
      if (fresh.times.length > 0) columns.push(fresh);
    }
    return columns;
  }

  /** What the store has stays: it would hide what is written now. */
  #withoutStored(column: Column): Column {
    const { series, times } = column;
    const firstMs = times[0] as number; // it is not empty
    if (firstMs > series.lastMs) return column;
    const [stored] = this.#store.read([series.labels], firstMs - 1, times[times.length - 1] as number);
    if (stored === undefined) return column;
    let at = 0;
    return keep(column, (row) => {
      const timeMs = times[row] as number;
      while (at < stored.times.length && (stored.times[at] as number) < timeMs) at++;
      return stored.times[at] !== timeMs;
    });
  }
}

interface Column extends BackfillColumn {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Of two samples at one time, the one that came first stays. */
function inOrder(column: Column): Column {
  const { series, times, values, stale } = column;
  let isAscending = true;
  for (let row = 1; row < times.length && isAscending; row++) {
    isAscending = (times[row] as number) > (times[row - 1] as number);
  }
  if (isAscending) return column;
  const rows = Uint32Array.from(times, (_, row) => row).sort(
    (a, b) => (times[a] as number) - (times[b] as number) || a - b,
  );
  const sorted: Column = {
    series,
    times: Float64Array.from(rows, (row) => times[row] as number),
    values: Float64Array.from(rows, (row) => values[row] as number),
    stale: stale === undefined ? undefined : Uint8Array.from(rows, (row) => stale[row] as number),
  };
  return keep(sorted, (row) => row === 0 || sorted.times[row] !== sorted.times[row - 1]);
}

/** The rows that pass. */
function keep({ series, times, values, stale }: Column, passes: (row: number) => boolean): Column {
  const isKept = Uint8Array.from(times, (_, row) => (passes(row) ? 1 : 0));
  const here = (_: number, row: number): boolean => isKept[row] === 1;
  return { series, times: times.filter(here), values: values.filter(here), stale: stale?.filter(here) };
}
