/** No space is left: nothing that was appended is lost, and all goes on once there is space again. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Labels } from "./labels/labels.ts";
import { Store } from "./store.ts";
import type { StoreOptions } from "./store-options.ts";

const START_MS = 1_700_000_000_000;
const SERIES = 60;

let folder: string;
let nowMs = START_MS;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-full-"));
  nowMs = START_MS;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(options: Partial<StoreOptions> = {}): Store {
  return new Store({
    path: join(folder, "test.db"),
    now: () => nowMs,
    commitIntervalMs: 0,
    rowsPerBlock: 20,
    ...options,
  });
}

/** SQLite says that the disk is full when the file would have more pages. */
function limitPages(store: Store, pages: number): void {
  store.tables.all(`PRAGMA max_page_count = ${pages}`);
}

/** @returns how many commits failed */
function fill(store: Store, fromRow: number, toRow: number): number {
  const appender = store.appender("bot");
  let failed = 0;
  for (let row = fromRow; row < toRow; row++) {
    nowMs = START_MS + row * 1000;
    expect(appender.begin(nowMs)).toBe("appended");
    for (let index = 0; index < SERIES; index++) {
      if (index < 30 || row % 10 === index % 10)
        appender.append(store.series(Labels.from({ __name__: "x", index: `${index}` })), Math.sin(row * index));
    }
    appender.commit();
    store.append(store.series(Labels.from({ __name__: "single", row: `${Math.floor(row / 7)}` })), nowMs, row);
    try {
      store.commit();
    } catch (error) {
      expect(error).toMatchObject({ code: "UNUSABLE" });
      failed += 1;
    }
  }
  return failed;
}

function check(store: Store, rows: number): void {
  const found = store.select(
    [{ name: "__name__", operator: "=", value: "x" }],
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  );
  expect(found.length).toBe(SERIES);
  for (const { labels, times, values } of found) {
    const index = Number(labels.get("index"));
    const expected = Array.from({ length: rows }, (_, row) => row).filter(
      (row) => index < 30 || row % 10 === index % 10,
    );
    expect([...times].map((time) => (time - START_MS) / 1000)).toEqual(expected);
    expect([...values]).toEqual(expected.map((row) => Math.sin(row * index)));
  }
  const singles = store.select([{ name: "__name__", operator: "=", value: "single" }], 0, Number.POSITIVE_INFINITY);
  expect(singles.flatMap(({ values }) => [...values]).sort((a, b) => a - b)).toEqual(
    Array.from({ length: rows }, (_, row) => row),
  );
}

test("what could not be written is written when there is space again, whatever failed in between", () => {
  {
    using store = open();
    fill(store, 0, 30);
    let row = 30;
    let failed = 0;
    for (const spare of [0, 1, 2, 5, 9]) {
      limitPages(store, Number(store.tables.get("PRAGMA page_count")?.["page_count"]) + spare);
      failed += fill(store, row, row + 50);
      check(store, row + 50);
      limitPages(store, 1_000_000);
      expect(fill(store, row + 50, row + 55)).toBe(0);
      row += 55;
    }
    limitPages(store, 1_000_000);
    expect(failed).toBeGreaterThan(50);
    expect(fill(store, row, 320)).toBe(0);
    check(store, 320);
  }
  using again = open();
  check(again, 320);
});

test("a backfill that fails half-way leaves whole blocks, and may be done again", () => {
  const times = Array.from({ length: 3000 }, (_, row) => START_MS - 1e9 + row * 1000);
  {
    using store = open();
    store.commit();
    const series = Array.from({ length: 50 }, (_, index) =>
      store.series(Labels.from({ __name__: "y", index: `${index}` })),
    );
    const columns = series.map((one) => ({
      series: one,
      times,
      values: times.map((time) => Math.sin(time + one.ref)),
    }));
    limitPages(store, 40);
    expect(() => store.backfill(columns)).toThrow(expect.objectContaining({ code: "UNUSABLE" }));
    limitPages(store, 1_000_000);
    store.backfill(columns);
  }
  using again = open();
  const found = again.select(
    [{ name: "__name__", operator: "=", value: "y" }],
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  );
  expect(found.map((one) => one.times.length)).toEqual(Array(50).fill(3000));
  expect([...(found[7]?.times ?? [])]).toEqual(times);
});
