import { parseRuleFile, RuleGroup } from "@haltwatch/rules";
import { Labels, Store } from "@haltwatch/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GroupLoop, type GroupRun } from "./group-loop.ts";
import { StoreSink } from "./store-sink.ts";
import { HandClock } from "./testing/hand-clock.ts";

const NOW_MS = 1_700_000_000_123;
const INTERVAL_MS = 15_000;

let clock: HandClock;
let store: Store;
let runs: GroupRun[];
let loops: GroupLoop[];

beforeEach(() => {
  clock = new HandClock(NOW_MS);
  store = new Store({ path: ":memory:", commitIntervalMs: 0, now: () => clock.now() });
  runs = [];
  loops = [];
});
afterEach(() => {
  for (const loop of loops) loop.stop();
  store.close();
});

function started({ name = "g", mustRestore = false } = {}): GroupLoop {
  const rules = [{ alert: "A", expr: "x > 0", for: "1m" }];
  const [config] = parseRuleFile(JSON.stringify({ groups: [{ name, rules }] }), "r").groups;
  if (config === undefined) throw new Error("no group");
  const group = new RuleGroup("r", config, {
    reader: store,
    sink: new StoreSink(store),
    defaultIntervalMs: INTERVAL_MS,
    restore: { outageToleranceMs: 3_600_000, forGracePeriodMs: 0, countsTimeAway: true },
  });
  if (!mustRestore) group.startAfresh();
  const loop = new GroupLoop(group, clock, mustRestore, (run) => runs.push(run));
  loops.push(loop);
  return loop;
}

const timesOf = (): number[] => runs.map(({ timeMs }) => timeMs);

test("a group is evaluated once each interval, at the same place in it after each start", () => {
  started();
  clock.turn(3 * INTERVAL_MS);
  const before = timesOf();
  runs = [];

  loops[0]?.stop();
  clock.turn(7_000);
  started();
  clock.turn(3 * INTERVAL_MS);

  expect(before).toHaveLength(3);
  const places = new Set([...before, ...timesOf()].map((timeMs) => timeMs % INTERVAL_MS));
  expect(places.size).toBe(1);
});

test("groups have different places in the interval", () => {
  for (const name of ["a", "b", "c", "d"]) started({ name });

  clock.turn(INTERVAL_MS);

  expect(new Set(timesOf()).size).toBe(4);
});

test("evaluations that could not take place are counted, and left out: the next is at its own time", () => {
  started();
  clock.turn(INTERVAL_MS);
  const [first = 0] = timesOf();

  clock.block(first + 3.5 * INTERVAL_MS - clock.now());
  clock.turn(INTERVAL_MS);

  expect(timesOf().slice(1)).toEqual([first + 3 * INTERVAL_MS, first + 4 * INTERVAL_MS]);
  expect(runs.map(({ missed }) => missed)).toEqual([0, 2, 0]);
});

test("a clock set back by hours stops nothing: it is evaluated at most an interval later", () => {
  started();
  clock.turn(INTERVAL_MS);
  const before = runs.length;

  clock.set(NOW_MS - 5 * 3_600_000);
  clock.turn(2 * INTERVAL_MS);

  expect(runs.length).toBeGreaterThan(before);
  expect(timesOf().at(-1)).toBeLessThan(NOW_MS - 4 * 3_600_000);
});

test("a clock set back by less than an interval leads to no evaluation twice at the same time", () => {
  started();
  clock.turn(2 * INTERVAL_MS);

  clock.set(clock.now() - 4_000);
  clock.turn(3 * INTERVAL_MS);

  const times = timesOf();
  expect(times.slice(1).map((timeMs, i) => timeMs - (times[i] ?? 0))).toEqual(times.slice(1).map(() => INTERVAL_MS));
});

test("a clock set forward leads to one evaluation for all that were skipped", () => {
  started();
  clock.turn(INTERVAL_MS);

  clock.set(clock.now() + 3_600_000);
  clock.turn(INTERVAL_MS);

  expect(runs).toHaveLength(2);
  expect(runs[1]?.missed).toBeGreaterThanOrEqual(238);
});

test("stopped, it waits for nothing more", () => {
  started().stop();

  clock.turn(10 * INTERVAL_MS);

  expect(runs).toEqual([]);
  expect(clock.waiting).toBe(0);
});

test("the state before a restart is taken with the first evaluation that finds alerts, the second at latest", () => {
  const beganS = Math.floor(NOW_MS / 1000) - 45;
  const forState = store.series(Labels.from({ __name__: "ALERTS_FOR_STATE", alertname: "A" }));
  store.append(forState, NOW_MS - 20_000, beganS);
  store.append(store.series(Labels.from({ __name__: "x" })), NOW_MS, 1);
  const loop = started({ mustRestore: true });

  clock.turn(INTERVAL_MS);

  expect(loop.mustRestore).toBe(false);
  const [alert] = loop.group.alertingRules[0]?.alerts() ?? [];
  expect(alert?.activeAtMs).toBe(beganS * 1000);

  const quiet = started({ name: "quiet", mustRestore: true });
  store.appendStale(store.series(Labels.from({ __name__: "x" })), clock.now());
  clock.turn(INTERVAL_MS);
  expect(quiet.mustRestore).toBe(true);
  clock.turn(INTERVAL_MS);
  expect(quiet.mustRestore).toBe(false);
});
