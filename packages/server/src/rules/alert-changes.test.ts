import { parseRuleFile, RuleGroup } from "@haltwatch/rules";
import { Labels, Store } from "@haltwatch/store";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AlertChanges } from "./alert-changes.ts";
import { dataLooker } from "./alert-data.ts";
import { StoreSink } from "./store-sink.ts";

let store: Store;
let changes: AlertChanges;
let nowMs: number;

beforeEach(() => {
  nowMs = 0;
  store = new Store({ path: ":memory:", commitIntervalMs: 0, now: () => nowMs });
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

describe("F5 what fired before a restart", () => {
  const known = {
    labels: Labels.from({ alertname: "A" }),
    annotations: new Map<string, string>(),
    value: 1,
    startsAtMs: 0,
  };

  test("is not told again", () => {
    const group = groupOf("g", {}, { isRestored: false });
    changes.remember([known], [group]);

    expect(told(group, [1])).toEqual([""]);
    group.startAfresh();
    expect(told(group, [1, 0], 1)).toEqual(["", "resolved"]);
  });

  test("is told as over, although it was so before the rule's own state was known", () => {
    const group = groupOf("g", {}, { isRestored: false });
    changes.remember([known], [group]);

    expect(told(group, [0, 0])).toEqual(["", ""]);
    group.startAfresh();
    expect(told(group, [0, 0], 2)).toEqual(["resolved", ""]);
  });
});

test("the same alert in two groups is two alerts", () => {
  expect(told(groupOf("g", {}), [1])).toEqual(["firing"]);
  expect(told(groupOf("gg", {}), [1], 1)).toEqual(["firing"]);
  expect(told(groupOf("g", {}), [0], 2)).toEqual([""]);
});

describe("F9 an alert is not called resolved because its series have gone", () => {
  let group: RuleGroup;
  let minute: number;

  /** What is told in the next minute with these series; the others have gone. */
  function next(samples: Readonly<Record<string, number>>): string {
    const timeMs = ++minute * 60_000;
    nowMs = timeMs;
    for (const { labels } of store.select([], Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)) {
      const name = labels.get("__name__");
      const text = `${name}${labels.get("bot")}`;
      if (/^[xy]/.test(name) && samples[text] === undefined) store.appendStale(store.series(labels), timeMs);
    }
    for (const [text, value] of Object.entries(samples))
      store.append(store.series(Labels.from({ __name__: text.slice(0, 1), bot: text.slice(1) })), timeMs, value);
    group.evaluate(timeMs);
    return changes
      .of(group, timeMs)
      .map(({ kind, alert }) => `${kind} ${alert.labels.get("bot")}`)
      .join();
  }

  function watch(rule: object): void {
    minute = 0;
    group = groupOf("g", rule);
    changes = new AlertChanges(dataLooker(store, () => [group]));
  }

  test("but when data show it", () => {
    watch({});

    expect(next({ xa: 1, xb: 1 })).toBe("firing a,firing b");
    expect(next({ xb: 0 })).toBe("no-data a,resolved b");
    for (let i = 0; i < 20; i++) expect(next({ xb: 0 })).toBe(""); // the rule itself has forgotten it by then
    expect(next({ xa: 0, xb: 0 })).toBe("resolved a");
  });

  test("it fires again when data are back, and it does", () => {
    watch({});

    expect(next({ xa: 1 })).toBe("firing a");
    expect(next({})).toBe("no-data a");
    expect(next({ xa: 2 })).toBe("firing a");
    expect(next({ xa: 0 })).toBe("resolved a");
  });

  test("every selector that had data when it fired needs them, and labels that were aggregated away need not agree", () => {
    watch({ expr: "sum by (bot) (x) - on (bot) y > 0 unless on () z" });

    expect(next({ xa: 5, ya: 1 })).toBe("firing a");
    expect(next({ xa: 0 })).toBe("no-data a");
    expect(next({ xa: 0, ya: 1 })).toBe("resolved a");

    watch({ expr: "sum(x) > 0" });
    minute = 100;
    expect(next({ xa: 5 })).toBe("firing ");
    expect(next({})).toBe("no-data ");
  });

  test("an alert about what is absent is over when it is there", () => {
    watch({ expr: "absent(x)" });

    expect(next({})).toBe("firing ");
    expect(next({ xa: 1 })).toBe("resolved ");
  });

  test("it ends, and is not called resolved, when a person has armed or after a day", () => {
    watch({});
    next({ xa: 1 });
    expect(next({})).toBe("no-data a");
    changes.acknowledge("A");
    expect(next({})).toBe("ended-without-data a");
    expect(next({})).toBe("");

    next({ xa: 1 });
    expect(next({})).toBe("no-data a");
    minute += 24 * 60;
    expect(next({})).toBe("ended-without-data a");
  });
});
