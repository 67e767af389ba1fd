import { Labels } from "@haltwatch/store/labels";
import { describe, expect, test } from "vitest";
import { KnownAlert } from "../alerts/known-alert.ts";
import { inhibitRule } from "../config/route-schema.ts";
import { alertOf } from "../testing/alerts.ts";
import { Inhibitor } from "./inhibitor.ts";

const NOW_MS = 1_760_000_000_000;

const SOURCES = [
  { s1: "1", t1: "2", e: "1" },
  { s2: "1", t2: "1", e: "1" },
];

/** Alertmanager's own tests: inhibit/inhibit_test.go (TestInhibitRuleMatches). */
const MATCH = [
  { source_match: { s1: "1" }, target_match: { t1: "1" }, equal: ["e"] },
  { source_match: { s2: "1" }, target_match: { t2: "1" }, equal: ["e"] },
];
const MATCH_CASES: readonly (readonly [target: Record<string, string>, isInhibited: boolean])[] = [
  [{ t1: "1", e: "1" }, true],
  [{ t2: "1", e: "1" }, true],
  [{ t1: "1", t3: "1", e: "1" }, true],
  [{ t1: "1", t2: "1", e: "1" }, true],
  [{ t1: "0", e: "1" }, false],
  [{ s1: "1", t1: "1", e: "1" }, true],
  [{ s2: "1", t2: "1", e: "1" }, false],
  [{ t1: "1", e: "0" }, false],
];

/** TestInhibitRuleMatchers */
const MATCHERS = [
  { source_matchers: ['s1="1"'], target_matchers: ['t1!="1"'], equal: ["e"] },
  { source_matchers: ['s2="1"'], target_matchers: ['t2="1"'], equal: ["e"] },
];
const MATCHERS_CASES: readonly (readonly [target: Record<string, string>, isInhibited: boolean])[] = [
  [{ t1: "1", e: "1" }, false],
  [{ t2: "1", e: "1" }, true],
  [{ t1: "1", t3: "1", e: "1" }, false],
  [{ t1: "1", t2: "1", e: "1" }, true],
  [{ t1: "0", e: "1" }, true],
  [{ s1: "1", t1: "1", e: "1" }, false],
  [{ s2: "1", t2: "1", e: "1" }, true],
  [{ t1: "1", e: "0" }, false],
];

describe("inhibition as Alertmanager's", () => {
  test.each(MATCH_CASES)("older keys: %o is inhibited: %s", (target, isInhibited) => {
    expect(isInhibitedBy(MATCH, target)).toBe(isInhibited);
  });

  test.each(MATCHERS_CASES)("matchers: %o is inhibited: %s", (target, isInhibited) => {
    expect(isInhibitedBy(MATCHERS, target)).toBe(isInhibited);
  });

  test("what is over inhibits nothing", () => {
    const inhibitor = new Inhibitor(MATCH.map((rule) => inhibitRule.parse(rule)));
    const source = new KnownAlert(alertOf({ s1: "1", e: "1" }, { startsAtMs: NOW_MS, endsAtMs: NOW_MS + 10 }), NOW_MS);
    inhibitor.add(source);
    const target = Labels.from({ t1: "1", e: "1" });

    expect(inhibitor.inhibitedBy(target, NOW_MS + 9)).toEqual([source.fingerprint]);
    expect(inhibitor.inhibitedBy(target, NOW_MS + 10)).toEqual([]);

    inhibitor.delete(source);
    expect(inhibitor.inhibitedBy(target, NOW_MS)).toEqual([]);
  });

  test("labels that both lack are equal", () => {
    const inhibitor = new Inhibitor([
      inhibitRule.parse({ source_match: { s: "1" }, target_match: { t: "1" }, equal: ["e"] }),
    ]);
    inhibitor.add(new KnownAlert(alertOf({ s: "1" }, { startsAtMs: NOW_MS }), NOW_MS));

    expect(inhibitor.inhibitedBy(Labels.from({ t: "1" }), NOW_MS)).toHaveLength(1);
    expect(inhibitor.inhibitedBy(Labels.from({ t: "1", e: "x" }), NOW_MS)).toHaveLength(0);
  });
});

function isInhibitedBy(rules: readonly object[], target: Record<string, string>): boolean {
  const inhibitor = new Inhibitor(rules.map((rule) => inhibitRule.parse(rule)));
  for (const labels of SOURCES) inhibitor.add(new KnownAlert(alertOf(labels, { startsAtMs: NOW_MS - 60_000 }), NOW_MS));
  return inhibitor.inhibitedBy(Labels.from(target), NOW_MS).length > 0;
}
