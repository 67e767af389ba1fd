import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Labels, Store } from "@haltwatch/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RuleLoadError, RuleManager } from "./rule-manager.ts";
import { HandClock } from "./testing/hand-clock.ts";

const NOW_MS = 1_700_000_000_000;
const INTERVAL_MS = 1000;

let folder: string;
let clock: HandClock;
let store: Store;
let rules: RuleManager;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-rules-"));
  clock = new HandClock(NOW_MS);
  store = new Store({ path: ":memory:", commitIntervalMs: 0, now: () => clock.now() });
  rules = managerOf();
  store.append(store.series(Labels.from({ __name__: "x" })), NOW_MS, 1);
});
afterEach(() => {
  rules.stop();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function managerOf(): RuleManager {
  return new RuleManager({
    store,
    clock,
    restore: { outageToleranceMs: 3_600_000, forGracePeriodMs: 0, countsTimeAway: true },
  });
}

function write(name: string, groups: Readonly<Record<string, readonly object[]>>): void {
  const list = Object.entries(groups).map(([group, all]) => ({ name: group, rules: all }));
  writeFileSync(join(folder, name), JSON.stringify({ groups: list }));
}

function load(files: readonly string[] = ["*.yml"]): readonly string[] {
  return rules.load({ files, folder, evaluationIntervalMs: INTERVAL_MS, externalLabels: {}, externalUrl: "" });
}

const waits = (more: object = {}): object => ({ alert: "Waits", expr: "x > 0", for: "1h", ...more });

function alerts(): string[] {
  return rules
    .groups()
    .flatMap(({ alertingRules }) => alertingRules.flatMap((rule) => rule.activeAlerts()))
    .map(({ labels, state, activeAtMs }) => `${labels.get("alertname")} ${state} ${activeAtMs - NOW_MS}`);
}

/** Samples of the series of this name, with `stale` for where it ended. */
function samples(name: string): (number | "stale")[] {
  const [series] = store.select([{ name: "__name__", operator: "=", value: name }], 0, Number.MAX_SAFE_INTEGER);
  return [...(series?.values ?? [])].map((value, i) => (series?.stale?.[i] === 1 ? "stale" : value));
}

test("files are loaded in the order of their patterns, each once, and a pattern without a file is told of", () => {
  write("b.yml", { b: [waits()] });
  write("a.yml", { a: [waits()] });

  expect(load(["b.yml", "*.yml", "none/*.yml"])).toEqual(["none/*.yml"]);

  expect(rules.groups().map(({ name }) => name)).toEqual(["b", "a"]);
});

test("if one file is wrong nothing changes, and what is wrong with each is told", () => {
  write("a.yml", { a: [waits()] });
  load();
  clock.turn(INTERVAL_MS);
  const before = { groups: rules.groups(), alerts: alerts() };

  write("a.yml", { other: [waits()] });
  writeFileSync(join(folder, "b.yml"), "groups:\n  - name: g\n    rules: [{ alert: B, expr: sum(x }]\n");
  writeFileSync(join(folder, "c.yml"), "groups: 1\n");

  expect(() => load()).toThrow(RuleLoadError);
  expect(() => load()).toThrow(/b\.yml: 3:\d+: group "g", rule 1, "B"[\s\S]*c\.yml/);
  expect(rules.groups()).toEqual(before.groups);
  expect(alerts()).toEqual(before.alerts);
  clock.turn(2 * INTERVAL_MS);
  expect(samples("ALERTS")).toHaveLength(2);
});

test("an alert goes on where its rule stays, whatever becomes of the query, the `for` or the rule's place", () => {
  write("a.yml", { a: [waits()] });
  load();
  clock.turn(INTERVAL_MS);
  const [before] = alerts();

  write("a.yml", { first: [], a: [{ record: "y", expr: "x" }, waits({ for: "2s", expr: "x > 0.5" })] });
  load();
  expect(alerts()).toEqual([before]);

  clock.turn(2 * INTERVAL_MS);
  expect(alerts()).toEqual([before?.replace("pending", "firing")]);
});

test("a rule whose labels are others is another rule: its alert begins anew", () => {
  write("a.yml", { a: [waits()] });
  load();
  clock.turn(INTERVAL_MS);

  write("a.yml", { a: [waits({ labels: { severity: "critical" } })] });
  load();

  expect(alerts()).toEqual([]);
});

test("series of a rule, a group or a file that is gone end", () => {
  write("a.yml", {
    a: [
      { record: "one", expr: "x" },
      { record: "two", expr: "x" },
    ],
    b: [{ record: "three", expr: "x" }],
  });
  write("b.yml", { a: [{ record: "four", expr: "x" }] });
  load();
  clock.turn(INTERVAL_MS);

  write("a.yml", { a: [{ record: "one", expr: "x" }] });
  rmSync(join(folder, "b.yml"));
  clock.turn(INTERVAL_MS / 2);
  load();
  clock.turn(INTERVAL_MS);

  expect(samples("one")).not.toContain("stale");
  for (const gone of ["two", "three", "four"]) expect(samples(gone).at(-1), gone).toBe("stale");
});

test("stopped, it evaluates no more and ends no series: after a restart they go on", () => {
  write("a.yml", { a: [{ record: "one", expr: "x" }] });
  load();
  clock.turn(INTERVAL_MS);

  rules.stop();
  clock.turn(10 * INTERVAL_MS);

  expect(clock.waiting).toBe(0);
  expect(samples("one")).toEqual([1]);
});

test("after a restart an alert fires when it would have without it, and a group that is new then begins afresh", () => {
  write("a.yml", { a: [waits({ for: "10s" })] });
  load();
  clock.turn(2 * INTERVAL_MS);
  const [before] = alerts();
  const beganMs = Number(before?.split(" ").at(-1));
  rules.stop();
  clock.turn(4 * INTERVAL_MS);

  rules = managerOf();
  load();
  clock.turn(INTERVAL_MS);
  const sinceMs = Math.floor(beganMs / 1000) * 1000;
  expect(alerts()).toEqual([`Waits pending ${sinceMs}`]);
  write("b.yml", { b: [{ alert: "New", expr: "x" }] });
  load();
  clock.turn(beganMs + 10_000 + NOW_MS - clock.now());

  expect(alerts()[0]).toBe(`Waits firing ${sinceMs}`);
  expect(alerts()[1]).toMatch(/^New firing/);
});

test("after a restart an alert whose time ended meanwhile fires with the first evaluation", () => {
  write("a.yml", { a: [waits({ for: "3s" })] });
  load();
  clock.turn(2 * INTERVAL_MS);
  rules.stop();
  clock.turn(5 * INTERVAL_MS);

  rules = managerOf();
  load();
  clock.turn(INTERVAL_MS);

  expect(alerts()[0]).toMatch(/^Waits firing/);
});
