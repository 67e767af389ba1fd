import { expect, test } from "vitest";
import { needsUpdate } from "./needs-update.ts";

const NOW_MS = 1_760_000_000_000;
const MINUTE = 60_000;

interface Case {
  readonly rule: string;
  readonly entry?: { readonly firing?: number[]; readonly resolved?: number[]; readonly ageMs?: number };
  readonly firing?: number[];
  readonly resolved?: number[];
  readonly sendsResolved?: boolean;
  readonly expected: boolean;
}

/** Alertmanager's own tests: notify/notify_test.go (TestDedupStageNeedsUpdate). */
const CASES: readonly Case[] = [
  { rule: "nobody was told", firing: [2, 3, 4], expected: true },
  { rule: "nobody was told, and nothing fires", resolved: [2, 3, 4], expected: false },
  { rule: "another fires", entry: { firing: [1, 2, 3] }, firing: [2, 3, 4], expected: true },
  { rule: "told at no time", entry: { firing: [1, 2, 3], ageMs: NOW_MS }, firing: [1, 2, 3], expected: true },
  {
    rule: "the same, not long ago",
    entry: { firing: [1, 2, 3], ageMs: 9 * MINUTE },
    firing: [1, 2, 3],
    expected: false,
  },
  { rule: "the same, long ago", entry: { firing: [1, 2, 3], ageMs: 11 * MINUTE }, firing: [1, 2, 3], expected: true },
  {
    rule: "others are over, of which nobody was told",
    entry: { resolved: [1, 2, 3], ageMs: 11 * MINUTE },
    resolved: [3, 4, 5],
    sendsResolved: true,
    expected: false,
  },
  {
    rule: "another is over, and nobody wants to know",
    entry: { firing: [1, 2], resolved: [3], ageMs: 9 * MINUTE },
    firing: [1],
    resolved: [2, 3],
    expected: false,
  },
  {
    rule: "another is over",
    entry: { firing: [1, 2], resolved: [3], ageMs: 9 * MINUTE },
    firing: [1],
    resolved: [2, 3],
    sendsResolved: true,
    expected: true,
  },
  {
    rule: "all is over, and nobody wants to know: the log does",
    entry: { firing: [1, 2], resolved: [3], ageMs: 9 * MINUTE },
    resolved: [1, 2, 3],
    expected: true,
  },
  {
    rule: "all is over",
    entry: { firing: [1, 2], resolved: [3], ageMs: 9 * MINUTE },
    resolved: [1, 2, 3],
    sendsResolved: true,
    expected: true,
  },
];

test.each(CASES)("$rule: $expected", ({ entry, firing, resolved, sendsResolved = false, expected }) => {
  const logged = entry && {
    firing: named(entry.firing),
    resolved: named(entry.resolved),
    timeMs: NOW_MS - (entry.ageMs ?? 0),
  };
  const state = { firing: named(firing), resolved: named(resolved) };

  expect(needsUpdate(logged, state, { repeatIntervalMs: 10 * MINUTE, sendsResolved }, NOW_MS)).toBe(expected);
});

function named(numbers: readonly number[] = []): ReadonlySet<string> {
  return new Set(numbers.map(String));
}
