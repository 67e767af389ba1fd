import { MemoryStorage } from "@haltwatch/promql";
import { Labels } from "@haltwatch/store";
import { expect, test } from "vitest";
import { parseRuleFile } from "../files/parse-rule-file.ts";
import { RuleGroup, type RuleGroupOptions } from "./rule-group.ts";

const MINUTE_MS = 60_000;

class World {
  readonly storage = new MemoryStorage();
  readonly stale: string[] = [];
  refusal: string | undefined;

  group(rules: object[], more: object = {}, options: Partial<RuleGroupOptions> = {}): RuleGroup {
    const text = JSON.stringify({ groups: [{ name: "g", rules, ...more }] });
    const [config] = parseRuleFile(text, "r").groups;
    if (config === undefined) throw new Error("no group");
    return new RuleGroup("r", config, { reader: this.storage, sink: this, defaultIntervalMs: MINUTE_MS, ...options });
  }

  append(labels: Labels, timeMs: number, value: number): string | undefined {
    if (this.refusal !== undefined) return this.refusal;
    this.storage.append(labels, timeMs, value);
    return undefined;
  }

  appendStale(labels: Labels, timeMs: number): string | undefined {
    this.stale.push(`${labels} ${timeMs / MINUTE_MS}`);
    this.storage.append(labels, timeMs, "stale");
    return undefined;
  }

  set(name: string, minute: number, value: number, labels: Readonly<Record<string, string>> = {}): void {
    this.storage.append(Labels.from({ __name__: name, ...labels }), minute * MINUTE_MS, value);
  }

  last(name: string): string[] {
    return this.storage
      .select([{ name: "__name__", operator: "=", value: name }])
      .map(({ labels, times, values }) => `${labels.dropName()} ${values.at(-1)} @${(times.at(-1) ?? 0) / MINUTE_MS}`);
  }
}

/** The alert's states, minute for minute, with these values of `x`; below zero the series is absent. */
function states(rule: object, values: readonly number[]): string[] {
  const world = new World();
  const group = world.group([{ alert: "A", expr: "x > 0", ...rule }]);
  group.startAfresh();
  return values.map((value, minute) => {
    world.set("x", minute, value);
    group.evaluate(minute * MINUTE_MS);
    return group.alertingRules[0]?.alerts()[0]?.state ?? "none";
  });
}

test("without `for` an alert fires at once, and is remembered for 15 minutes when it is over", () => {
  const rest = new Array(17).fill(0);

  expect(states({}, [0, 1, 0, ...rest]).join(" ")).toBe(
    ["none", "firing", ...new Array(16).fill("inactive"), "none", "none"].join(" "),
  );
});

test("with `for` it is pending first, and a gap begins it anew", () => {
  expect(states({ for: "2m" }, [1, 1, 0, 1, 1, 1, 1])).toEqual([
    "pending",
    "pending",
    "none",
    "pending",
    "pending",
    "firing",
    "firing",
  ]);
});

test("with `keep_firing_for` it fires on, and a return begins that time anew", () => {
  expect(states({ keep_firing_for: "2m" }, [1, 0, 0, 1, 0, 0, 0])).toEqual([
    "firing",
    "firing",
    "firing",
    "firing",
    "firing",
    "firing",
    "inactive",
  ]);
});

test("an alert that comes back after it was over begins anew", () => {
  expect(states({ for: "1m" }, [1, 1, 0, 1, 1])).toEqual(["pending", "firing", "inactive", "pending", "firing"]);
});

test("alerts are written as series, and end with a staleness marker", () => {
  const world = new World();
  const group = world.group([{ alert: "A", expr: "x > 0", for: "1m", labels: { s: "{{ $value }}" } }]);
  group.startAfresh();
  for (const [minute, value] of [7, 7, 0].entries()) {
    world.set("x", minute, value);
    group.evaluate(minute * MINUTE_MS);
  }

  expect(world.stale).toEqual([
    'ALERTS{alertname="A", alertstate="pending", s="7"} 1',
    'ALERTS{alertname="A", alertstate="firing", s="7"} 2',
    'ALERTS_FOR_STATE{alertname="A", s="7"} 2',
  ]);
});

test("rules see what those before them wrote, and a recorded series takes its labels from group and rule", () => {
  const world = new World();
  const group = world.group(
    [
      { record: "double", expr: "x * 2", labels: { own: "1", gone: "" } },
      { record: "quadruple", expr: "double * 2" },
    ],
    { labels: { team: "desk", own: "0" } },
  );
  world.set("x", 0, 3, { gone: "y", bot: "a" });

  group.evaluate(0);

  expect(world.last("double")).toEqual(['{bot="a", own="1", team="desk"} 6 @0']);
  expect(world.last("quadruple")).toEqual(['{bot="a", own="0", team="desk"} 12 @0']);
});

test("`query_offset` looks back, and writes there; an alert begins now", () => {
  const world = new World();
  const group = world.group(
    [
      { record: "y", expr: "x" },
      { alert: "A", expr: "x" },
    ],
    { query_offset: "2m" },
  );
  group.startAfresh();
  for (let minute = 0; minute < 5; minute++) world.set("x", minute, minute);

  group.evaluate(4 * MINUTE_MS);

  expect(world.last("y")).toEqual(["{} 2 @2"]);
  expect(world.last("ALERTS")).toEqual(['{alertname="A", alertstate="firing"} 1 @2']);
  expect(group.alertingRules[0]?.alerts()[0]?.activeAtMs).toBe(4 * MINUTE_MS);
});

test("too many series or alerts are an error, and a rule that fails leaves the others be", () => {
  const world = new World();
  for (const bot of ["a", "b"]) world.set("x", 0, 1, { bot });
  const group = world.group(
    [
      { record: "y", expr: "x" },
      { alert: "A", expr: "x" },
      { record: "z", expr: "sum(x)" },
    ],
    { limit: 1 },
  );

  group.evaluate(0);

  expect(group.rules.map(({ health }) => (health.kind === "err" ? health.error.message : health.kind))).toEqual([
    "exceeded limit of 1 with 2 series",
    "exceeded limit of 1 with 2 alerts",
    "ok",
  ]);
  expect(group.alertingRules[0]?.alerts()).toEqual([]);
});

test("the same labels twice are an error", () => {
  const world = new World();
  for (const bot of ["a", "b"]) world.set("x", 0, 1, { bot });
  const group = world.group([
    { record: "y", expr: "x", labels: { bot: "all" } },
    { alert: "A", expr: "x", labels: { bot: "all" } },
  ]);

  group.evaluate(0);

  expect(group.rules.map(({ health }) => (health.kind === "err" ? health.error.message : health.kind))).toEqual([
    "vector contains metrics with the same labelset after applying rule labels",
    "vector contains metrics with the same labelset after applying alert labels",
  ]);
});

test("a sample that is refused is an error of the rule", () => {
  const world = new World();
  world.set("x", 0, 1);
  const group = world.group([{ record: "y", expr: "x" }]);
  world.refusal = "duplicate sample for timestamp";

  group.evaluate(0);

  expect(group.rules[0]?.health).toMatchObject({ kind: "err", error: { message: "duplicate sample for timestamp" } });
});

/** A new group after `awayMinutes`; the alert was first seen at minute 0 and last at `seenMinutes`. */
function restored(forText: string, seenMinutes: number, awayMinutes: number): number | undefined {
  const world = new World();
  const rules = [{ alert: "A", expr: "x > 0", for: forText, labels: { s: "{{ $labels.bot }}" } }];
  const before = world.group(rules);
  before.startAfresh();
  for (let minute = 0; minute <= seenMinutes; minute++) {
    world.set("x", minute, 1, { bot: "a" });
    before.evaluate(minute * MINUTE_MS);
  }
  const now = seenMinutes + awayMinutes;
  world.set("x", now, 1, { bot: "a" });
  const after = world.group(rules);
  after.evaluate(now * MINUTE_MS);
  expect(world.last("ALERTS_FOR_STATE")).toEqual([`{alertname="A", bot="a", s="a"} 0 @${seenMinutes}`]);

  after.restoreForState(now * MINUTE_MS);

  const activeAtMs = after.alertingRules[0]?.alerts()[0]?.activeAtMs;
  return activeAtMs === undefined ? undefined : activeAtMs / MINUTE_MS;
}

test("after a restart an alert waits for what was left of its `for`", () => {
  expect(restored("60m", 20, 30)).toBe(30);
});

test("after a restart it waits ten minutes at least", () => {
  expect(restored("30m", 25, 7)).toBe(32 + 10 - 30);
});

test("after a restart an alert that fired goes on firing", () => {
  expect(restored("15m", 20, 5)).toBe(0);
});

test("after a restart a short `for`, or a long time away, begins anew", () => {
  expect(restored("9m", 5, 3)).toBe(8);
  expect(restored("60m", 20, 61)).toBe(81);
});

test("a group that replaces another takes over its alerts, and ends what is gone", () => {
  const world = new World();
  world.set("x", 0, 1);
  const before = world.group([
    { alert: "A", expr: "x", for: "5m" },
    { record: "y", expr: "x" },
  ]);
  before.startAfresh();
  before.evaluate(0);
  const after = world.group([
    { record: "z", expr: "x" },
    { alert: "A", expr: "x > 0", for: "1m" },
  ]);

  after.takeOver(before);
  after.evaluate(MINUTE_MS);

  expect(after.alertingRules[0]?.alerts()[0]).toMatchObject({ state: "firing", activeAtMs: 0 });
  expect(world.stale).toContain("y 1");
  after.end(2 * MINUTE_MS);
  expect(world.stale).toContain("z 2");
});

test("a query within a template is answered at the evaluation's time", () => {
  const world = new World();
  world.set("limit", 0, 7);
  world.set("x", 0, 1);
  const group = world.group([{ alert: "A", expr: "x", annotations: { t: '{{ query "limit" | first | value }}' } }]);

  group.evaluate(0);

  expect(group.alertingRules[0]?.alerts()[0]?.annotations.get("t")).toBe("7");
});

test("who acts on what fires is called before it is written", () => {
  const world = new World();
  const group = world.group([{ alert: "A", expr: "x > 0" }]);
  group.startAfresh();
  world.set("x", 0, 1);
  const seen: unknown[] = [];

  group.evaluateOnly(new Set(group.rules), 0, () =>
    seen.push(group.alertingRules[0]?.state, world.last("ALERTS").length),
  );

  expect(seen).toEqual(["firing", 0]);
  expect(world.last("ALERTS")).toHaveLength(1);
});

test("annotations are those of the evaluation that they are of, whenever they are read", () => {
  const world = new World();
  const annotations = { value: "{{ $value }}", query: '{{ query "x" | first | value }}' };
  const group = world.group([{ alert: "A", expr: "x > 0", annotations }]);
  group.startAfresh();
  const alert = (minute: number) => {
    world.set("x", minute, minute);
    group.evaluate(minute * MINUTE_MS);
    return group.alertingRules[0]?.alerts()[0];
  };

  const [first, second] = [alert(1), alert(2)];

  expect(Object.fromEntries(second?.annotations ?? [])).toEqual({ value: "2", query: "2" });
  expect(Object.fromEntries(first?.annotations ?? [])).toEqual({ value: "1", query: "1" });
});
