/** Appenders where they meet: with each other, with blocks that are closed, and with a clock that is wrong. */
import { expect, test } from "vitest";
import { Labels } from "../labels/labels.ts";
import type { Series } from "../series.ts";
import { Store } from "../store.ts";
import type { StoreOptions } from "../store-options.ts";

const START_MS = 1_700_000_000_000;
const YEAR_MS = 365 * 86_400_000;

let nowMs = START_MS;

function open(options: Partial<StoreOptions> = {}): Store {
  nowMs = START_MS;
  return new Store({ path: ":memory:", now: () => nowMs, commitIntervalMs: 0, ...options });
}

function named(store: Store, name: string): Series {
  return store.series(Labels.from({ __name__: name }));
}

function samplesOf(store: Store, name: string): (readonly [ms: number, value: number])[] {
  const found = store.select(
    [{ name: "__name__", operator: "=", value: name }],
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  );
  return found.flatMap(({ times, values }) =>
    Array.from(times, (time, row) => [time - START_MS, values[row] ?? 0] as const),
  );
}

test("a row that was begun is kept when its block is closed meanwhile", () => {
  using store = open();
  const appender = store.appender("bot");
  appender.begin(START_MS);
  appender.append(named(store, "a"), 1);
  appender.commit();
  appender.begin(START_MS + 1000);
  appender.append(named(store, "a"), 2);
  store.compact();
  appender.append(named(store, "b"), 3);

  expect(appender.commit()).toBe("appended");

  expect(samplesOf(store, "a")).toEqual([
    [0, 1],
    [1000, 2],
  ]);
  expect(samplesOf(store, "b")).toEqual([[1000, 3]]);
});

test("two appenders of one source: each row is kept or refused, and no value gets under another series", () => {
  using store = open({ rowsPerBlock: 3 });
  const [one, two] = [store.appender("bot"), store.appender("bot")];
  const all = Array.from({ length: 40 }, (_, index) => named(store, `x${index}`));
  const expected = new Map<string, (readonly [number, number])[]>();
  for (let row = 0; row < 60; row++) {
    const timeMs = START_MS + row * 1000;
    nowMs = timeMs + 1000;
    one.begin(timeMs);
    two.begin(timeMs + 500);
    for (const [index, series] of all.entries()) {
      if ((index + row) % 3 === 0) continue;
      const [appender, at] = (index + row) % 2 === 0 ? [one, timeMs] : [two, timeMs + 500];
      expect(appender.append(series, index * 1000 + row)).toBe("appended");
      expected.set(series.labels.key, [
        ...(expected.get(series.labels.key) ?? []),
        [at - START_MS, index * 1000 + row],
      ]);
    }
    expect(one.commit()).toBe("appended");
    expect(two.commit()).toBe("appended");
    if (row % 7 === 0) store.compact();
  }
  two.begin(nowMs + 5000);
  two.append(all[0] as Series, 1);
  one.begin(nowMs + 6000);
  one.append(all[0] as Series, 2);
  expect(one.commit()).toBe("appended");
  expect(two.commit()).toBe("out-of-order");

  for (const { labels } of all.slice(1))
    expect(samplesOf(store, labels.get("__name__"))).toEqual(expected.get(labels.key));
});

test("a sample that another source has overtaken meanwhile does not turn time back", () => {
  using store = open();
  const series = named(store, "a");
  const appender = store.appender("bot");
  appender.begin(START_MS);
  appender.append(series, 1);
  store.append(series, START_MS + 10, 2);
  appender.commit();

  expect(store.append(series, START_MS + 5, 3)).toBe("out-of-order");
  expect(samplesOf(store, "a")).toEqual([
    [0, 1],
    [10, 2],
  ]);
});

test("when a clock that was a year ahead is put right, samples are taken again at once", () => {
  using store = open();
  const appender = store.appender("bot");
  const [shared, single] = [named(store, "shared"), named(store, "single")];
  const tell = (value: number): void => {
    expect(appender.begin(nowMs)).toBe("appended");
    expect(appender.append(shared, value)).toBe("appended");
    appender.commit();
    expect(store.append(single, nowMs, value)).toBe("appended");
    store.commit();
  };
  tell(1);
  nowMs += YEAR_MS;
  tell(2);
  nowMs += 1000 - YEAR_MS;
  tell(3);
  nowMs += 1000;
  tell(4);
  store.compact();
  nowMs += 1000;
  tell(5);

  for (const name of ["shared", "single"])
    expect(samplesOf(store, name)).toEqual([
      [0, 1],
      [1000, 3],
      [2000, 4],
      [3000, 5],
      [YEAR_MS, 2],
    ]);
});

test("a clock that is put back by less than it may be ahead refuses what is older, as Prometheus does", () => {
  using store = open();
  const series = named(store, "a");
  store.append(series, START_MS, 1);
  nowMs -= 5 * 60_000;

  expect(store.append(series, nowMs, 2)).toBe("out-of-order");
});
