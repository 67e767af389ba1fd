/** What goes when, and what must not go with it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Labels } from "./labels/labels.ts";
import { Store } from "./store.ts";
import type { StoreOptions } from "./store-options.ts";

const START_MS = 1_700_000_000_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let folder: string;
let nowMs = START_MS;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-retention-"));
  nowMs = START_MS;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(options: Partial<StoreOptions> = {}): Store {
  return new Store({ path: join(folder, "test.db"), now: () => nowMs, commitIntervalMs: 0, ...options });
}

function labelled(name: string): Labels {
  return Labels.from({ __name__: "x", name });
}

function valuesOf(store: Store, name: string): number[] {
  const found = store.select(
    [{ name: "name", operator: "=", value: name }],
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  );
  return found.flatMap(({ values }) => [...values]);
}

test("a series whose old samples were imported stays when those go", () => {
  {
    using store = open({ retentionMs: DAY_MS });
    const series = store.series(labelled("a"));
    store.append(series, START_MS, 1);
    store.commit();
    store.backfill([{ series, times: [START_MS - 2 * DAY_MS], values: [0] }]);
    store.commit();

    expect(valuesOf(store, "a")).toEqual([1]);
    expect(store.append(series, START_MS + 1, 2)).toBe("appended");
  }
  using again = open({ retentionMs: DAY_MS });
  expect(valuesOf(again, "a")).toEqual([1, 2]);
});

test("a source's table that still names a forgotten series does not keep the store from opening", () => {
  {
    using store = open({ retentionMs: DAY_MS, rowsPerBlock: 10 });
    const all = Array.from({ length: 20 }, (_, index) => store.series(labelled(String(index))));
    const appender = store.appender("bot");
    for (let hour = 0; hour < 60; hour++) {
      nowMs = START_MS + hour * HOUR_MS;
      appender.begin(nowMs);
      for (const [index, series] of all.entries()) if (index > 0 || hour < 3) appender.append(series, hour);
      appender.commit();
      store.commit();
    }
    expect(store.labelValues("name")).not.toContain("0");
    expect(() => {
      appender.begin(nowMs + 1000);
      appender.append(all[0] ?? store.series(labelled("0")), 1);
    }).toThrow("was forgotten");
    appender.rollback();
    store.series(labelled("0"));
  }
  using again = open({ retentionMs: DAY_MS });
  expect(valuesOf(again, "1").at(-1)).toBe(59);
  expect(valuesOf(again, "0")).toEqual([]);
});

test("series that ended are not said to have samples later", () => {
  using store = open({ rowsPerBlock: 10 });
  const all = Array.from({ length: 20 }, (_, index) => store.series(labelled(String(index))));
  const appender = store.appender("bot");
  for (let hour = 0; hour < 60; hour++) {
    nowMs = START_MS + hour * HOUR_MS;
    appender.begin(nowMs);
    for (const [index, series] of all.entries()) if (index > 0 || hour < 3) appender.append(series, hour);
    appender.commit();
    if (hour === 40) store.compact();
  }

  const names = (fromMs: number, toMs: number) =>
    store.seriesLabels([], fromMs, toMs).map((labels) => labels.get("name"));
  expect(names(START_MS, START_MS + HOUR_MS)).toContain("0");
  expect(names(START_MS + 20 * HOUR_MS, START_MS + 30 * HOUR_MS)).not.toContain("0");
  expect(names(START_MS + 55 * HOUR_MS, START_MS + 60 * HOUR_MS)).not.toContain("0");
});

test("a block that covers a long time does not keep those that are older than the retention", () => {
  using store = open({ retentionMs: DAY_MS });
  const [sparse, dense] = [store.series(labelled("sparse")), store.series(labelled("dense"))];
  store.backfill([{ series: sparse, times: [START_MS - 100 * DAY_MS, START_MS], values: [1, 2] }]);
  store.backfill([{ series: dense, times: [START_MS - 3 * DAY_MS], values: [1] }]);

  store.commit();

  expect(valuesOf(store, "dense")).toEqual([]);
  expect(valuesOf(store, "sparse")).toEqual([1, 2]);
});

test("many small sources are let go of as fast as they come", () => {
  using store = open({ retentionMs: DAY_MS });
  const series = Array.from({ length: 200 }, (_, index) => store.series(labelled(String(index))));
  for (let hour = 0; hour < 60; hour += 2) {
    nowMs = START_MS + hour * HOUR_MS;
    for (const [index, one] of series.entries()) {
      const appender = store.appender(`source ${index}`);
      appender.begin(nowMs);
      appender.append(one, hour);
      appender.commit();
    }
    for (let second = 0; second < 60; second++) store.commit();
  }
  for (let second = 0; second < 300; second++) store.commit();

  expect(store.stats().blocks).toBeLessThanOrEqual(200 * 13);
  expect(store.stats().minMs).toBeGreaterThanOrEqual(nowMs - DAY_MS - 2 * HOUR_MS);
});

test("a clock that jumps a year ahead takes no history with it", () => {
  let upMs = 0;
  using store = open({ retentionMs: 30 * DAY_MS, monotonic: () => upMs, rowsPerBlock: 5 });
  const series = store.series(labelled("a"));
  for (let day = 0; day < 20; day++) {
    nowMs = START_MS + day * DAY_MS;
    upMs += DAY_MS;
    store.append(series, nowMs, day);
    store.commit();
  }
  store.compact();
  nowMs += 365 * DAY_MS;
  for (let second = 0; second < 3600; second++) {
    nowMs += 1000;
    upMs += 1000;
    store.append(series, nowMs, 1000 + second);
    store.commit();
  }
  nowMs -= 365 * DAY_MS;
  store.commit();

  expect(valuesOf(store, "a").slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, day) => day));
});

test("after a long time switched off, what is too old goes within hours, not at once", () => {
  {
    using store = open({ retentionMs: DAY_MS });
    store.append(store.series(labelled("a")), nowMs, 1);
    store.compact();
  }
  let upMs = 5;
  nowMs += 30 * DAY_MS;
  using store = open({ retentionMs: DAY_MS, monotonic: () => upMs });
  store.commit();
  expect(valuesOf(store, "a")).toEqual([1]);

  for (let minute = 0; minute < 24 * 60; minute++) {
    upMs += 60_000;
    nowMs += 60_000;
    store.commit();
  }
  expect(valuesOf(store, "a")).toEqual([]);
});

test("a block whose directory is damaged is let go of, too, and commits go on", () => {
  {
    using store = open({ retentionMs: DAY_MS });
    store.append(store.series(labelled("a")), nowMs, 1);
    store.compact();
    nowMs += HOUR_MS / 2;
    store.append(store.series(labelled("a")), nowMs, 2);
    store.append(store.series(labelled("b")), nowMs, 2);
    store.compact();
  }
  const database = new DatabaseSync(join(folder, "test.db"));
  database.exec("UPDATE blocks SET directory = x'00' WHERE id = 1");
  database.close();
  using store = open({ retentionMs: DAY_MS });
  nowMs += DAY_MS;
  store.append(store.series(labelled("b")), nowMs, 3);
  for (let i = 0; i < 5; i++) store.commit();

  expect(store.stats().minMs).toBeGreaterThan(START_MS);
  expect(valuesOf(store, "b")).toEqual([2, 3]);
});

test("a week of churn leaves no more behind than the retention holds", () => {
  using store = open({ path: ":memory:", retentionMs: DAY_MS });
  const appender = store.appender("bot");
  const counts: number[] = [];
  for (let hour = 0; hour < 7 * 24; hour++) {
    const all = Array.from({ length: 1000 }, (_, index) => store.series(labelled(`${hour} ${index}`)));
    for (let minute = 0; minute < 60; minute += 15) {
      nowMs = START_MS + hour * HOUR_MS + minute * 60_000;
      appender.begin(nowMs);
      for (const series of all) appender.append(series, minute);
      if (minute === 45) for (const series of all) appender.appendStale(series);
      appender.commit();
      for (let second = 0; second < 3; second++) store.commit();
    }
    counts.push(store.stats().series);
  }

  expect(Math.max(...counts)).toBeLessThanOrEqual(30_000);
  expect(store.stats().usedBytes).toBeLessThan(20 * 2 ** 20);
}, 60_000);
