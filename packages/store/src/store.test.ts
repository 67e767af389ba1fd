import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Labels } from "./labels/labels.ts";
import type { LabelMatcher } from "./labels/matcher.ts";
import { Store } from "./store.ts";
import { StoreError } from "./store-error.ts";
import type { StoreOptions } from "./store-options.ts";

const START_MS = 1_700_000_000_000;
const HOUR_MS = 3_600_000;

let folder: string;
let nowMs = START_MS;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-store-"));
  nowMs = START_MS;
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(options: Partial<StoreOptions> = {}): Store {
  return new Store({ path: join(folder, "test.db"), now: () => nowMs, commitIntervalMs: 0, ...options });
}

function orders(venue: string): Labels {
  return Labels.from({ __name__: "orders_total", venue });
}

function named(name: string): LabelMatcher[] {
  return [{ name: "__name__", operator: "=", value: name }];
}

/** Samples as `[seconds after the start, value]`, a stale one as `"stale"`. */
function samplesOf(store: Store, labels: Labels): (readonly [number, number | "stale"])[] {
  const matchers = [...labels].map(([name, value]): LabelMatcher => ({ name, operator: "=", value }));
  const found = store.select(matchers, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  expect(found.length).toBeLessThanOrEqual(1);
  const [{ times, values, stale }] =
    found.length === 1 ? (found as [(typeof found)[0]]) : [{ times: [], values: [], stale: undefined }];
  return Array.from(times, (time, row) => [
    (time - START_MS) / 1000,
    stale?.[row] === 1 ? "stale" : (values[row] ?? Number.NaN),
  ]);
}

describe("appending", () => {
  test("samples of one source are there once they are committed, all at one time", () => {
    using store = open();
    const [cex, dex] = [store.series(orders("cex")), store.series(orders("dex"))];
    const appender = store.appender("bot");

    appender.begin(START_MS);
    appender.append(cex, 1);
    appender.append(dex, 2);
    expect(samplesOf(store, orders("cex"))).toEqual([]);
    appender.commit();
    appender.begin(START_MS + 1000);
    appender.append(cex, 3);
    appender.appendStale(dex);
    appender.commit();

    expect(samplesOf(store, orders("cex"))).toEqual([
      [0, 1],
      [1, 3],
    ]);
    expect(samplesOf(store, orders("dex"))).toEqual([
      [0, 2],
      [1, "stale"],
    ]);
  });

  test("what is rolled back never was", () => {
    using store = open();
    const series = store.series(orders("cex"));
    const appender = store.appender("bot");

    appender.begin(START_MS);
    appender.append(series, 1);
    appender.rollback();
    appender.begin(START_MS);
    appender.append(series, 2);
    appender.commit();

    expect(samplesOf(store, orders("cex"))).toEqual([[0, 2]]);
  });

  test("as in Prometheus: older ones, others at the same time, and those from the far future are refused", () => {
    using store = open();
    const series = store.series(orders("cex"));

    expect(store.append(series, START_MS, 1)).toBe("appended");
    expect(store.append(series, START_MS, 1)).toBe("appended");
    expect(store.append(series, START_MS, 2)).toBe("duplicate");
    expect(store.append(series, START_MS - 1, 2)).toBe("out-of-order");
    expect(store.append(series, START_MS + 11 * 60_000, 2)).toBe("out-of-bounds");
    expect(store.append(store.series(orders("dex")), START_MS - 2 * HOUR_MS, 2)).toBe("out-of-bounds");

    expect(samplesOf(store, orders("cex"))).toEqual([[0, 1]]);
  });

  test("the same within one source's samples", () => {
    using store = open();
    const series = store.series(orders("cex"));
    const appender = store.appender("bot");

    expect(appender.begin(START_MS + 11 * 60_000)).toBe("out-of-bounds");
    expect(appender.begin(START_MS)).toBe("appended");
    expect(appender.append(series, 1)).toBe("appended");
    expect(appender.append(series, 1)).toBe("appended");
    expect(appender.append(series, 2)).toBe("duplicate");
    appender.commit();
    expect(appender.begin(START_MS)).toBe("out-of-order");
    expect(() => appender.append(series, 1)).toThrow(StoreError);
  });

  test("a series may have samples of two sources and single ones", () => {
    using store = open({ rowsPerBlock: 3 });
    const series = store.series(orders("cex"));
    const [a, b] = [store.appender("a"), store.appender("b")];

    for (let second = 0; second < 20; second += 4) {
      for (const [appender, offset] of [
        [a, 0],
        [b, 1],
      ] as const) {
        appender.begin(START_MS + (second + offset) * 1000);
        appender.append(series, second + offset);
        appender.commit();
      }
      store.append(series, START_MS + (second + 2) * 1000, second + 2);
      store.commit();
    }

    const expected = Array.from({ length: 20 }, (_, second) => [second, second]).filter(
      ([second = 0]) => second % 4 !== 3,
    );
    expect(samplesOf(store, orders("cex"))).toEqual(expected);
  });

  test("what is no time is refused, and a source needs a name", () => {
    using store = open();
    const series = store.series(orders("cex"));

    expect(() => store.append(series, 1.5, 1)).toThrow("1.5 is no time");
    expect(() => store.append(series, Number.NaN, 1)).toThrow(StoreError);
    expect(() => store.appender("")).toThrow(StoreError);
  });

  test("the number of series is bounded", () => {
    using store = open({ maxSeries: 2 });
    store.series(orders("cex"));
    store.series(orders("dex"));
    store.series(orders("cex"));

    expect(() => store.series(orders("third"))).toThrow("there are 2 series already");
  });
});

describe("selecting", () => {
  test("by every kind of matcher", () => {
    using store = open();
    for (const venue of ["cex", "dex", "otc"]) store.append(store.series(orders(venue)), START_MS, 1);
    store.append(store.series(Labels.from({ __name__: "up" })), START_MS, 1);
    const venues = (...matchers: LabelMatcher[]): string[] =>
      store.select(matchers, START_MS - 1, START_MS).map(({ labels }) => labels.get("venue"));

    expect(venues({ name: "venue", operator: "=", value: "cex" })).toEqual(["cex"]);
    expect(venues({ name: "venue", operator: "=~", value: "cex|dex" })).toEqual(["cex", "dex"]);
    expect(venues({ name: "venue", operator: "=~", value: ".ex" })).toEqual(["cex", "dex"]);
    expect(venues({ name: "venue", operator: "!=", value: "cex" }, ...named("orders_total"))).toEqual(["dex", "otc"]);
    expect(venues({ name: "venue", operator: "!~", value: ".ex" })).toEqual(["otc", ""]);
    expect(venues({ name: "venue", operator: "=", value: "" })).toEqual([""]);
    expect(venues({ name: "nothing", operator: "=", value: "x" })).toEqual([]);
  });

  test("from a time exclusive to a time inclusive", () => {
    using store = open();
    const series = store.series(orders("cex"));
    for (let second = 0; second < 5; second++) store.append(series, START_MS + second * 1000, second);

    const [found] = store.select(named("orders_total"), START_MS + 1000, START_MS + 3000);

    expect([...(found?.values ?? [])]).toEqual([2, 3]);
  });

  test("series of a source share one array of timestamps", () => {
    using store = open({ rowsPerBlock: 2 });
    const all = ["cex", "dex", "otc"].map((venue) => store.series(orders(venue)));
    const appender = store.appender("bot");
    for (let second = 0; second < 5; second++) {
      appender.begin(START_MS + second * 1000);
      for (const series of all) appender.append(series, second);
      appender.commit();
    }

    const found = store.select(named("orders_total"), 0, Number.POSITIVE_INFINITY);

    expect(new Set(found.map(({ times }) => times)).size).toBe(1);
    expect([...(found[0]?.times ?? [])].map((time) => time - START_MS)).toEqual([0, 1000, 2000, 3000, 4000]);
  });
});

/** What happens to a store. */
type Step =
  | { readonly kind: "scrape"; readonly source: number; readonly values: readonly (number | "stale" | undefined)[] }
  | { readonly kind: "single"; readonly series: number; readonly value: number }
  | { readonly kind: "commit" | "compact" | "reopen" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("scrape" as const),
      source: fc.nat(1),
      values: fc.array(
        fc.oneof({ weight: 6, arbitrary: fc.double() }, fc.constant("stale" as const), fc.constant(undefined)),
        { maxLength: 40 },
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("single" as const), series: fc.nat(5), value: fc.double() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom("commit" as const, "compact" as const, "reopen" as const) }),
  },
);

test("whatever happens, what was appended is what is read", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 8 }), (steps, rowsPerBlock) => {
      const path = join(mkdtempSync(join(folder, "run-")), "test.db");
      let store = open({ path, rowsPerBlock });
      const expected = new Map<string, (readonly [number, number | "stale"])[]>();
      const expect1 = (labels: Labels, second: number, value: number | "stale"): void => {
        const samples = expected.get(labels.key) ?? [];
        expected.set(labels.key, [...samples, [second, value]]);
      };
      for (const [second, one] of steps.entries()) {
        const timeMs = START_MS + second * 1000;
        nowMs = timeMs;
        if (one.kind === "scrape") {
          const appender = store.appender(`source ${one.source}`);
          appender.begin(timeMs);
          for (const [index, value] of one.values.entries()) {
            const labels = Labels.from({ __name__: "x", source: String(one.source), index: String(index) });
            if (value === undefined) continue;
            if (value === "stale") appender.appendStale(store.series(labels));
            else appender.append(store.series(labels), value);
            expect1(labels, second, value);
          }
          appender.commit();
        } else if (one.kind === "single") {
          const labels = Labels.from({ __name__: "x", source: "0", index: String(one.series) });
          store.append(store.series(labels), timeMs, one.value);
          expect1(labels, second, one.value);
        } else if (one.kind === "commit") store.commit();
        else if (one.kind === "compact") store.compact();
        else {
          store.close();
          store = open({ path, rowsPerBlock });
        }
      }

      const read = store.select(named("x"), 0, Number.POSITIVE_INFINITY);
      const byKey = new Map(
        read.map(({ labels, times, values, stale }) => [
          labels.key,
          Array.from(times, (time, row) => [(time - START_MS) / 1000, stale?.[row] === 1 ? "stale" : values[row]]),
        ]),
      );
      store.close();

      expect(byKey).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});

describe("the file", () => {
  test("a second process is refused, and told why", () => {
    using store = open();
    store.commit();

    expect(() => open()).toThrow(expect.objectContaining({ code: "IN_USE" }));
  });

  test("a newer one is refused and left as it is", () => {
    open().close();
    const database = new DatabaseSync(join(folder, "test.db"));
    database.exec("PRAGMA user_version = 99");
    database.close();

    expect(() => open()).toThrow(expect.objectContaining({ code: "NEWER_SCHEMA" }));
    const after = new DatabaseSync(join(folder, "test.db"));
    expect(after.prepare("PRAGMA user_version").get()).toEqual({ user_version: 99 });
    after.close();
  });

  test("another program's database, and what is none, are refused and left as they are", () => {
    const other = new DatabaseSync(join(folder, "test.db"));
    other.exec("CREATE TABLE theirs (a)");
    other.close();
    expect(() => open()).toThrow(expect.objectContaining({ code: "NOT_A_STORE" }));

    const text = join(folder, "notes.txt");
    writeFileSync(text, "not a database at all, but long enough to look at".repeat(20));
    expect(() => open({ path: text })).toThrow(expect.objectContaining({ code: "NOT_A_STORE" }));
  });

  test("a folder that is not there is named", () => {
    expect(() => open({ path: join(folder, "no/such/folder.db") })).toThrow(
      expect.objectContaining({ code: "UNUSABLE" }),
    );
  });

  test("what is older than the retention goes, with series that have nothing left", () => {
    using store = open({ retentionMs: HOUR_MS, rowsPerBlock: 2 });
    const gone = store.series(orders("gone"));
    store.append(gone, START_MS, 1);
    const stays = store.series(orders("stays"));
    store.append(stays, START_MS, 1);
    store.compact();

    nowMs = START_MS + HOUR_MS / 2;
    store.append(stays, nowMs, 2);
    store.compact();
    nowMs = START_MS + HOUR_MS + 1;
    store.commit();

    expect(samplesOf(store, orders("stays"))).toEqual([[1800, 2]]);
    expect(store.labelValues("venue")).toEqual(["stays"]);
    expect(() => store.append(gone, nowMs, 1)).toThrow("was forgotten");
    expect(store.append(store.series(orders("gone")), nowMs, 5)).toBe("appended");
  });

  test("a file that grows too large loses its oldest samples", () => {
    using store = open({ retentionBytes: 100_000, rowsPerBlock: 60 });
    const all = Array.from({ length: 50 }, (_, index) => store.series(orders(String(index))));
    const appender = store.appender("bot");
    for (let minute = 0; minute < 600; minute++) {
      nowMs = START_MS + minute * 60_000;
      appender.begin(nowMs);
      for (const series of all) appender.append(series, Math.sin(minute * series.ref));
      appender.commit();
      store.commit();
    }

    const { usedBytes, minMs, maxMs } = store.stats();
    expect(usedBytes).toBeLessThan(200_000);
    expect(minMs).toBeGreaterThan(START_MS);
    expect(maxMs).toBe(nowMs);
  });

  test("closing twice is closing once", () => {
    const store = open();
    store.append(store.series(orders("cex")), START_MS, 1);
    store.close();
    store.close();

    using again = open();
    expect(samplesOf(again, orders("cex"))).toEqual([[0, 1]]);
  });

  test("other packages have tables in it, with versions of their own, and writes that are all or nothing", () => {
    const first = open();
    first.tables.migrate("guard", ["CREATE TABLE pauses (scope TEXT PRIMARY KEY) STRICT"]);
    first.tables.transaction(() => first.tables.run("INSERT INTO pauses VALUES (?)", "bot-1"));
    expect(() =>
      first.tables.transaction(() => {
        first.tables.run("INSERT INTO pauses VALUES (?)", "bot-2");
        throw new Error("halfway");
      }),
    ).toThrow("halfway");
    first.close();

    using second = open();
    second.tables.migrate("guard", [
      "CREATE TABLE pauses (scope TEXT PRIMARY KEY) STRICT",
      "ALTER TABLE pauses ADD COLUMN reason TEXT",
    ]);
    expect(second.tables.all("SELECT * FROM pauses")).toEqual([{ scope: "bot-1", reason: null }]);
    expect(() => second.tables.migrate("guard", [])).toThrow(expect.objectContaining({ code: "NEWER_SCHEMA" }));
  });

  test("metadata is kept", () => {
    const first = open();
    first.setMetadata("orders", { type: "counter", help: "Orders.", unit: "" });
    first.close();

    using second = open();
    expect(second.metadata.get("orders")).toEqual({ type: "counter", help: "Orders.", unit: "" });
  });
});

describe("backfilling", () => {
  test("samples of any time and order are there, and the one that was there first stays", () => {
    const store = open({ rowsPerBlock: 4 });
    const series = store.series(orders("cex"));
    store.append(series, START_MS, 100);

    const seconds = Array.from({ length: 50 }, (_, index) => (index * 7) % 50);
    store.backfill([{ series, times: seconds.map((second) => START_MS - 40_000 + second * 1000), values: seconds }]);

    const expected = Array.from({ length: 50 }, (_, second) => [second - 40, second === 40 ? 100 : second]);
    expect(samplesOf(store, orders("cex"))).toEqual(expected);
    expect(store.append(series, START_MS + 9000, 1)).toBe("duplicate");
    expect(store.append(series, START_MS + 10_000, 1)).toBe("appended");
    store.close();
  });

  test("stale ones stay stale, and crowded ones are kept", () => {
    using store = open({ rowsPerBlock: 2 });
    const series = store.series(orders("cex"));
    const times = [...Array.from({ length: 100 }, (_, index) => START_MS + index), START_MS + 1e9];
    const stale = new Uint8Array(101).fill(1, 50, 51);

    store.backfill([{ series, times, values: times.map((_, index) => index), stale }]);

    const samples = samplesOf(store, orders("cex"));
    expect(samples.length).toBe(101);
    expect(samples[50]).toEqual([0.05, "stale"]);
    expect(samples[100]).toEqual([1e6, 100]);
  });
});
