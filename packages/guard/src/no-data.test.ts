import { describe, expect, test } from "vitest";
import { NoDataWatch, type Presence, pausePolicy } from "./no-data.ts";

describe("labels", () => {
  test.each([
    [{ action: "pause" }, { action: "HALTED", noData: "REDUCING" }],
    [{ action: "reduce" }, { action: "REDUCING", noData: "REDUCING" }],
    [
      { action: "reduce", no_data: "halt" },
      { action: "REDUCING", noData: "HALTED" },
    ],
    [
      { action: "pause", no_data: "ignore" },
      { action: "HALTED", noData: "IGNORE" },
    ],
    [{ severity: "critical", no_data: "halt" }, undefined],
  ])("%o", (labels, policy) => {
    expect(pausePolicy(labelsOf(labels))).toEqual(policy);
  });

  test("a value that is not known is a fault, not a rule that does nothing", () => {
    expect(pausePolicy(labelsOf({ action: "halt" }))).toMatchObject({ label: "action" });
    expect(pausePolicy(labelsOf({ action: "pause", no_data: "halted" }))).toEqual({
      label: "no_data",
      message: 'label no_data: "halted" is not known: write reduce, halt or ignore',
    });
  });
});

describe("F9 data that vanish", () => {
  test("are acted on once they are missing for as long as is allowed, and again when they vanish again", () => {
    const rule = watch("reduce");
    expect(rule.observe(0, there("a", "b"))).toEqual([]);
    expect(rule.observe(1000, there("b"))).toEqual([]);
    expect(rule.dueMs).toBe(2000);

    expect(rule.observe(2000, there("b"))).toEqual([{ state: "REDUCING", selector: "x", source: "a", lastMs: 0 }]);
    expect(rule.isMissing("a")).toBe(true);
    expect(rule.isMissing("b")).toBe(false);
    expect(rule.observe(3000, there("b"))).toEqual([]);
    expect(rule.observe(4000, there("a", "b"))).toEqual([]);
    expect(rule.isMissing("a")).toBe(false);
    expect(rule.observe(6000, there("b"))).toMatchObject([{ source: "a", lastMs: 4000 }]);
  });

  test("any selector of the rule counts by itself", () => {
    const rule = watch("halt");
    rule.observe(
      0,
      new Map([
        ["x", ["a"]],
        ["y", ["a"]],
      ]),
    );

    expect(
      rule.observe(
        5000,
        new Map([
          ["x", ["a"]],
          ["y", []],
        ]),
      ),
    ).toMatchObject([{ state: "HALTED", selector: "y" }]);
  });

  test("what never was there cannot vanish; what was there before the start can", () => {
    expect(watch("halt").observe(100_000, there())).toEqual([]);
    const rule = watch("halt", there("a"));
    expect(rule.dueMs).toBe(2000);
    expect(rule.observe(1999, there())).toEqual([]);
    expect(rule.observe(2000, there())).toMatchObject([{ source: "a" }]);
  });

  test("are passed over where the rule says so, or the source said goodbye", () => {
    const ignoring = watch("ignore", there("a"));
    expect(ignoring.dueMs).toBeUndefined();
    expect(ignoring.observe(9000, there())).toEqual([]);

    const rule = watch("halt", there("a", "b"));
    rule.forget("a");
    expect(rule.observe(9000, there())).toMatchObject([{ source: "b" }]);
    expect(rule.dueMs).toBeUndefined();
  });

  test("a clock that is set back does not make data older", () => {
    const rule = watch("halt");
    rule.observe(10_000, there("a"));
    rule.observe(5000, there("a"));

    expect(rule.observe(11_999, there())).toEqual([]);
    expect(rule.observe(12_000, there())).toHaveLength(1);
  });
});

function watch(noData: string, known?: Presence): NoDataWatch {
  const policy = pausePolicy(labelsOf({ action: "pause", no_data: noData }));
  if (policy === undefined || "message" in policy) throw new Error("no policy");
  return new NoDataWatch(policy, { graceMs: () => 2000, startMs: 0, ...(known === undefined ? {} : { known }) });
}

function there(...sources: string[]): Presence {
  return new Map([["x", sources]]);
}

function labelsOf(labels: object): ReadonlyMap<string, string> {
  return new Map(Object.entries(labels));
}
