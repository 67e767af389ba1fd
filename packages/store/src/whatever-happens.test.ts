/** Sources that share series, single samples, backfills, a clock that jumps, retention, compaction, opening again: in any order. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, test } from "vitest";
import type { Appender } from "./head/appender.ts";
import { Labels } from "./labels/labels.ts";
import type { Series } from "./series.ts";
import { Store } from "./store.ts";

const START_MS = 1_700_000_000_000;
const HOUR_MS = 3_600_000;
const RETENTION_MS = 12 * HOUR_MS;
const SERIES = 45;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-whatever-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Step =
  | {
      readonly kind: "scrape";
      readonly source: number;
      readonly first: number;
      readonly count: number;
      readonly between: Between;
    }
  | { readonly kind: "single"; readonly series: number }
  | { readonly kind: "backfill"; readonly series: number; readonly hours: number; readonly rows: number }
  | { readonly kind: "pass"; readonly minutes: number }
  | { readonly kind: "commit" | "compact" | "reopen" };

/** What comes between a row's beginning and its end. */
type Between = "nothing" | "compact" | "commit" | "another";

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("scrape" as const),
      source: fc.nat(2),
      first: fc.nat(SERIES - 1),
      count: fc.nat(40),
      between: fc.constantFrom<Between>("nothing", "nothing", "nothing", "compact", "commit", "another"),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("single" as const), series: fc.nat(SERIES - 1) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("backfill" as const),
      series: fc.nat(SERIES - 1),
      hours: fc.integer({ min: -30, max: 2 }),
      rows: fc.integer({ min: 1, max: 30 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      minutes: fc.oneof(fc.integer({ min: 0, max: 90 }), fc.constantFrom(60 * 24 * 365, -60 * 24 * 365, -30, 60 * 13)),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("commit" as const, "commit" as const, "compact" as const, "reopen" as const),
    }),
  },
);

class Run {
  readonly #path = join(mkdtempSync(join(folder, "run-")), "test.db");
  readonly #rowsPerBlock: number;
  /** By series and time: the value that was there first. */
  readonly #taken = new Map<string, Map<number, number>>();
  readonly #handles = new Map<number, Series>();
  #appenders = new Map<number, Appender>();
  #store: Store;
  #nowMs = START_MS;
  #latestMs = START_MS;
  #nextValue = 0;

  constructor(rowsPerBlock: number) {
    this.#rowsPerBlock = rowsPerBlock;
    this.#store = this.#open();
  }

  do(one: Step): void {
    this.#nowMs += 1;
    this.#latestMs = Math.max(this.#latestMs, this.#nowMs);
    switch (one.kind) {
      case "scrape":
        this.#scrape(one);
        return;
      case "single": {
        const value = this.#nextValue++;
        const outcome = this.#store.append(this.#series(one.series), this.#nowMs, value);
        if (outcome === "appended") this.#take(one.series, this.#nowMs, value);
        return;
      }
      case "backfill": {
        const times = Array.from({ length: one.rows }, (_, row) => this.#nowMs + one.hours * HOUR_MS + row * 60_000);
        const values = times.map(() => this.#nextValue++);
        this.#store.backfill([{ series: this.#series(one.series), times, values }]);
        for (const [row, timeMs] of times.entries()) this.#take(one.series, timeMs, values[row] ?? 0);
        return;
      }
      case "pass":
        this.#nowMs += one.minutes * 60_000;
        this.#latestMs = Math.max(this.#latestMs, this.#nowMs);
        return;
      case "reopen":
        this.#store.close();
        this.#store = this.#open();
        return;
      default:
        this.#store[one.kind]();
    }
  }

  check(): void {
    const read = new Map(
      this.#store
        .select([], Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
        .map(({ labels, times, values }) => [
          labels.get("id"),
          new Map(Array.from(times, (time, row) => [time, values[row]])),
        ]),
    );
    for (const [id, samples] of this.#taken) {
      const found = read.get(id);
      for (const [timeMs, value] of samples) {
        const isOld = timeMs <= this.#latestMs - RETENTION_MS;
        if (isOld && found?.get(timeMs) === undefined) continue;
        if (found?.get(timeMs) !== value)
          throw new Error(`series ${id} at ${timeMs - START_MS}: taken ${value}, read ${found?.get(timeMs)}`);
      }
    }
    for (const [id, samples] of read) {
      for (const [timeMs, value] of samples) {
        // What was too old and went may have come again: then it is the later one.
        if (this.#taken.get(id)?.get(timeMs) !== value)
          throw new Error(`series ${id} at ${timeMs - START_MS}: ${value} was made up`);
      }
    }
  }

  close(): void {
    this.#store.close();
  }

  #open(): Store {
    this.#handles.clear();
    this.#appenders = new Map();
    return new Store({
      path: this.#path,
      now: () => this.#nowMs,
      commitIntervalMs: 0,
      retentionMs: RETENTION_MS,
      rowsPerBlock: this.#rowsPerBlock,
    });
  }

  #scrape({ source, first, count, between }: Extract<Step, { kind: "scrape" }>): void {
    const timeMs = this.#nowMs;
    const appender = this.#appenders.get(source) ?? this.#store.appender(`source ${source}`);
    this.#appenders.set(source, appender);
    if (appender.begin(timeMs) !== "appended") return;
    const row: [series: number, value: number][] = [];
    const append = (from: number, to: number): void => {
      for (let i = from; i < to; i++) {
        const [series, value] = [(first + i) % SERIES, this.#nextValue++];
        if (row.some(([other]) => other === series)) continue;
        if (appender.append(this.#series(series), value) === "appended") row.push([series, value]);
      }
    };
    append(0, count / 2);
    if (between === "compact" || between === "commit") this.#store[between]();
    if (between === "another") {
      const another = this.#store.appender(`source ${source}`);
      const value = this.#nextValue++;
      if (another.begin(timeMs - 1) === "appended" && another.append(this.#series(first), value) === "appended") {
        if (another.commit() === "appended") this.#take(first, timeMs - 1, value);
      }
    }
    append(Math.ceil(count / 2), count);
    if (appender.commit() === "appended") for (const [series, value] of row) this.#take(series, timeMs, value);
  }

  #series(index: number): Series {
    const known = this.#handles.get(index);
    if (known !== undefined && !known.isForgotten) return known;
    const series = this.#store.series(Labels.from({ id: `${index}` }));
    this.#handles.set(index, series);
    return series;
  }

  /** The first stays, unless it was so old that it may have gone. */
  #take(series: number, timeMs: number, value: number): void {
    const id = `${series}`;
    const samples = this.#taken.get(id) ?? new Map<number, number>();
    this.#taken.set(id, samples);
    const found = this.#store.read([Labels.from({ id })], timeMs - 1, timeMs);
    const isThere = found[0]?.values[0] === samples.get(timeMs);
    if (!samples.has(timeMs) || !isThere) samples.set(timeMs, value);
  }
}

test("what was taken is read until it is too old, and nothing else is", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 1, max: 12 }), (steps, rowsPerBlock) => {
      const run = new Run(rowsPerBlock);
      try {
        for (const [index, one] of steps.entries()) {
          run.do(one);
          if (index % 10 === 0) run.check();
        }
        run.do({ kind: "reopen" });
        run.check();
      } finally {
        run.close();
      }
    }),
    { numRuns: Number(process.env["HALTWATCH_STORE_RUNS"] ?? 60) },
  );
}, 120_000);
