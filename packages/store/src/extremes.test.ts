/** Odd values, odd times, odd labels, and many of each. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Labels } from "./labels/labels.ts";
import { Store } from "./store.ts";
import type { StoreOptions } from "./store-options.ts";

const START_MS = 1_700_000_000_000;

let folder: string;
let nowMs = START_MS;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-extremes-"));
  nowMs = START_MS;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(options: Partial<StoreOptions> = {}): Store {
  return new Store({ path: join(folder, "test.db"), now: () => nowMs, commitIntervalMs: 0, ...options });
}

function all(store: Store) {
  return store.select([], Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
}

test("every value comes back to the bit, uncompressed, compressed and restored", () => {
  const values = [
    0,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    1e308,
    -1e308,
    5e-324,
    2 ** 53 + 2,
    0.1 + 0.2,
  ];
  const rows = values.length * 3;
  let store = open({ rowsPerBlock: 7 });
  const check = (): void => {
    const found = all(store);
    expect(found.length).toBe(values.length * 2);
    for (const { labels, values: read } of found) {
      const offset = Number(labels.get("offset"));
      for (const [row, value] of read.entries())
        expect(Object.is(value, values[(row + offset) % values.length])).toBe(true);
      expect(read.length).toBe(rows);
    }
  };
  const appender = store.appender("bot");
  for (let row = 0; row < rows; row++) {
    nowMs = START_MS + row * 1000;
    appender.begin(nowMs);
    for (let offset = 0; offset < values.length; offset++) {
      const value = values[(row + offset) % values.length] as number; // within it
      appender.append(store.series(Labels.from({ __name__: "shared", offset: `${offset}` })), value);
      store.append(store.series(Labels.from({ __name__: "single", offset: `${offset}` })), nowMs, value);
    }
    appender.commit();
  }
  check();
  store.close();
  store = open();
  check();
  store.compact();
  check();
  store.close();
  store = open();
  check();
  store.close();
});

test("labels of any text are the same again, and no two of them are one", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", minLength: 1 }),
    fc.constantFrom('"', "\\", "\n", "\0", "\ud800", "\udfff\ud800", "a\0b", "\0\0", "é", "\u2028", "{}", ","),
  );
  const labels = fc
    .array(fc.tuple(text, text), { minLength: 1, maxLength: 4 })
    .map((pairs) => Labels.from(new Map(pairs)));
  fc.assert(
    fc.property(fc.array(labels, { minLength: 1, maxLength: 20 }), (sets) => {
      const path = join(mkdtempSync(join(folder, "run-")), "test.db");
      const keys = new Map(sets.map((one) => [JSON.stringify([...one]), one]));
      {
        using store = open({ path });
        for (const one of keys.values()) store.append(store.series(one), START_MS, 1);
      }
      using again = open({ path });

      expect(
        all(again)
          .map((one) => JSON.stringify([...one.labels]))
          .sort(),
      ).toEqual([...keys.keys()].sort());
      for (const [name, value] of [...keys.values()].flatMap((one) => [...one])) {
        expect(again.select([{ name, operator: "=", value }], 0, START_MS).length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 30 },
  );
});

test("times before 1970 and far away are times like others; what is none is refused before anything is written", () => {
  const farthest = 2 ** 51 - 1;
  const times = [-farthest, -1e12, -1, 0, 1, 1e12, farthest];
  {
    using store = open();
    const series = store.series(Labels.from({ __name__: "a" }));
    store.backfill([{ series, times, values: times }]);
    for (const wrong of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 51])
      expect(() => store.backfill([{ series, times: [3, wrong], values: [1, 2] }])).toThrow("is no time");
    expect(() => store.backfill([{ series, times: [3], values: [] }])).toThrow("1 times, 0 values");
  }
  using again = open();
  expect(all(again).map((one) => [...one.times])).toEqual([times]);
  expect(all(again).map((one) => [...one.values])).toEqual([times]);
});

test("the live clock may stand before 1970", () => {
  nowMs = -5_000;
  using store = open();
  const series = store.series(Labels.from({ __name__: "a" }));
  for (const timeMs of [-5_000, -1, 0, 1]) store.append(series, timeMs, timeMs);
  store.compact();

  expect(all(store).map((one) => [...one.times])).toEqual([[-5_000, -1, 0, 1]]);
});

test("columns of one series in one backfill are one", () => {
  using store = open();
  const series = store.series(Labels.from({ __name__: "a" }));
  store.backfill([
    { series, times: [1, 3], values: [1, 3] },
    { series, times: [2, 3], values: [2, 4], stale: Uint8Array.of(1, 0) },
  ]);

  expect(all(store).map(({ times, values }) => [[...times], [...values]])).toEqual([
    [
      [1, 2, 3],
      [1, 2, 3],
    ],
  ]);
  expect(all(store)[0]?.stale).toEqual(Uint8Array.of(0, 1, 0));
});

test("after a backfill, and after opening, a sample that is there is known to be", () => {
  {
    using store = open();
    const [a, b] = [store.series(Labels.from({ __name__: "a" })), store.series(Labels.from({ __name__: "b" }))];
    store.append(a, START_MS - 1000, 7);
    store.backfill([{ series: a, times: [START_MS], values: [5] }]);
    expect(store.append(a, START_MS, 5)).toBe("appended");
    expect(store.append(a, START_MS, 7)).toBe("duplicate");
    store.append(b, START_MS, 1);
    store.compact();
  }
  using again = open();
  // The block ends when `b` does; what `a` has between is not refused for it.
  nowMs += 5000;
  expect(again.append(again.series(Labels.from({ __name__: "a" })), START_MS + 1, 1)).toBe("appended");
});

test("a forgotten series cannot be backfilled to", () => {
  using store = open({ retentionMs: 1000 });
  const series = store.series(Labels.from({ __name__: "a" }));
  store.append(series, START_MS, 1);
  store.compact();
  nowMs += 5000;
  store.commit();

  expect(() => store.backfill([{ series, times: [START_MS], values: [1] }])).toThrow("was forgotten");
});

test("a block of more rows than can be read again is refused", () => {
  expect(() => open({ rowsPerBlock: 20_000 })).toThrow("cannot have 20000 rows");
  expect(() => open({ rowsPerBlock: 0 })).toThrow("cannot have 0 rows");
});

test("10,000 small sources are read and let go of in good time", () => {
  using store = open({ path: ":memory:" });
  for (let index = 0; index < 10_000; index++) {
    const appender = store.appender(`source ${index}`);
    appender.begin(START_MS + (index % 100));
    appender.append(store.series(Labels.from({ __name__: "up", instance: `${index}` })), 1);
    appender.commit();
  }
  const select = (): number => {
    const start = performance.now();
    expect(all(store).length).toBe(10_000);
    return performance.now() - start;
  };
  select();
  const inMemory = select();
  store.compact();
  select();
  const compressed = select();

  expect(inMemory).toBeLessThan(300);
  expect(compressed).toBeLessThan(3000);
});

test("200,000 series are appended, backfilled, compressed and read", () => {
  using store = open({ path: ":memory:" });
  const series = Array.from({ length: 200_000 }, (_, index) =>
    store.series(Labels.from({ __name__: "x", index: `${index}` })),
  );
  const appender = store.appender("bot");
  for (let row = 0; row < 3; row++) {
    appender.begin(START_MS + row * 1000);
    for (const one of series) appender.append(one, row);
    appender.commit();
    store.commit();
  }
  store.backfill(series.map((one) => ({ series: one, times: [START_MS - 1000], values: [-1] })));
  store.compact();

  const found = all(store);
  expect(found.length).toBe(200_000);
  expect(found.every(({ values }) => values.length === 4)).toBe(true);
}, 60_000);
