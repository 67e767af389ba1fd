import { parseRuleFile, RuleGroup } from "@haltwatch/rules";
import { Labels, Store } from "@haltwatch/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AlertChanges } from "./alert-changes.ts";
import { StoreSink } from "./store-sink.ts";

let store: Store;
let changes: AlertChanges;

beforeEach(() => {
  store = new Store({ path: ":memory:", commitIntervalMs: 0, now: () => 0 });
  changes = new AlertChanges();
});
afterEach(() => store.close());

function groupOf(name: string, rule: object, { isRestored = true } = {}): RuleGroup {
  const text = JSON.stringify({ groups: [{ name, rules: [{ alert: "A", expr: "x > 0", ...rule }] }] });
  const [config] = parseRuleFile(text, "r").groups;
  if (config === undefined) throw new Error("no group");
  const group = new RuleGroup("r", config, { reader: store, sink: new StoreSink(store), defaultIntervalMs: 60_000 });
  if (isRestored) group.startAfresh();
  return group;
}

/** What is told, minute for minute, with these values of `x`. */
function told(group: RuleGroup, values: readonly number[], firstMinute = 0): string[] {
  return values.map((value, i) => {
    const timeMs = (firstMinute + i) * 60_000;
    store.append(store.series(Labels.from({ __name__: "x" })), timeMs, value);
    group.evaluate(timeMs);
    return changes
      .of(group, timeMs)
      .map(({ kind }) => kind)
      .join();
  });
}

test("each change is told once, an alert that goes on is not", () => {
  expect(told(groupOf("g", { for: "2m" }), [1, 1, 1, 1, 0, 0, 1])).toEqual([
    "pending",
    "",
    "firing",
    "",
    "resolved",
    "",
    "pending",
  ]);
});

test("what was pending and is gone is told neither as firing nor as resolved, and is pending when it comes back", () => {
  expect(told(groupOf("g", { for: "2m" }), [1, 0, 1])).toEqual(["pending", "", "pending"]);
});

test("the end of an alert is told once, also while it is remembered and when it is forgotten", () => {
  expect(told(groupOf("g", {}), [1, ...new Array(20).fill(0)]).join("")).toBe("firingresolved");
});

test("nothing is told until the state before a restart is known", () => {
  const group = groupOf("g", {}, { isRestored: false });

  expect(told(group, [1, 1])).toEqual(["", ""]);
  group.startAfresh();
  expect(told(group, [1, 1], 2)).toEqual(["firing", ""]);
});

test("the same alert in two groups is two alerts", () => {
  expect(told(groupOf("g", {}), [1])).toEqual(["firing"]);
  expect(told(groupOf("gg", {}), [1], 1)).toEqual(["firing"]);
  expect(told(groupOf("g", {}), [0], 2)).toEqual([""]);
});
