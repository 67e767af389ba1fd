import { Labels, METRIC_NAME, Store } from "@haltwatch/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HandClock } from "../rules/testing/hand-clock.ts";
import { type ConfigFacts, ConfigSeries } from "./config-series.ts";

const NOW_MS = 1_700_000_000_000;
const SECOND = 1000;

let store: Store;
let clock: HandClock;

beforeEach(() => {
  clock = new HandClock(NOW_MS);
  store = new Store({ path: ":memory:", now: () => clock.now(), commitIntervalMs: 0 });
});
afterEach(() => store.close());

function facts(limit: number | undefined, hash: string): ConfigFacts {
  const origin = { source: "bot file", where: "config/exec.yml:1:1" } as const;
  const threshold = { name: "exec.fill_ratio_min", unit: "ratio", help: "", origin };
  return { thresholds: limit === undefined ? [] : [{ ...threshold, value: limit }], settings: [], hash };
}

/** Seconds since it began, and values; stale ones as such. */
function samplesOf(metric: string): (readonly [number, number | "stale"])[] {
  const matchers = [{ name: METRIC_NAME, operator: "=", value: metric }] as const;
  return store
    .select(matchers, NOW_MS - 1, clock.now() + SECOND)
    .flatMap(({ times, values, stale }) =>
      [...times].map((time, index) => {
        const isStale = stale?.[index] === 1;
        return [(time - NOW_MS) / SECOND, isStale ? ("stale" as const) : (values[index] ?? Number.NaN)] as const;
      }),
    )
    .sort(([a], [b]) => a - b);
}

test("C5 a threshold is a series from the moment it holds, goes on, and ends with its definition", () => {
  using series = new ConfigSeries({ store, clock, onChange: () => undefined });

  series.set(facts(0.9, "a"));
  clock.turn(20 * SECOND);
  series.set(facts(0.95, "b"));
  clock.turn(10 * SECOND);
  series.set(facts(undefined, "c"));
  clock.turn(20 * SECOND);

  expect(samplesOf("haltwatch_threshold")).toEqual([
    [0, 0.9],
    [15, 0.9],
    [20, 0.95],
    [30, "stale"],
  ]);
});

test("C6 the configuration's hash is a series; the one of before ends when another comes", async () => {
  using series = new ConfigSeries({ store, clock, onChange: () => undefined });
  series.set(facts(0.9, "old"));
  clock.turn(SECOND);

  series.set(facts(0.9, "new"));

  const old = store.read(
    [Labels.from({ [METRIC_NAME]: "haltwatch_config_info", hash: "old" })],
    NOW_MS - 1,
    clock.now(),
  );
  expect(old[0]?.stale?.at(-1)).toBe(1);
  const text = await series.registry.metrics();
  expect(text).toContain('haltwatch_config_info{hash="new"} 1\n');
  expect(text).not.toContain('"old"');
  expect(text).toContain(
    'haltwatch_threshold_info{name="exec.fill_ratio_min",unit="ratio",source="config/exec.yml:1:1"} 1\n',
  );
});

test("C6 since when the configuration is in force is a series: it moves with the hash only", () => {
  using series = new ConfigSeries({ store, clock, onChange: () => undefined });
  series.set(facts(0.9, "a"));
  clock.turn(SECOND);
  series.set(facts(0.9, "a"));
  clock.turn(SECOND);

  series.set(facts(0.8, "b"));

  expect(samplesOf("haltwatch_config_changed_timestamp_seconds").map(([at, value]) => [at, value])).toEqual([
    [0, NOW_MS / 1000],
    [1, NOW_MS / 1000],
    [2, NOW_MS / 1000 + 2],
  ]);
});

test("C5 two changes within a millisecond are two samples, and each is told of", () => {
  const told: number[] = [];
  using series = new ConfigSeries({
    store,
    clock,
    onChange: (metrics, timeMs) => told.push(timeMs - NOW_MS, metrics.size),
  });

  series.set(facts(0.9, "a"));
  series.set(facts(0.8, "b"));
  clock.turn(SECOND);

  expect(samplesOf("haltwatch_threshold").map(([, value]) => value)).toEqual([0.9, 0.8]);
  expect(told).toEqual([0, 5, 1, 5]);
});
