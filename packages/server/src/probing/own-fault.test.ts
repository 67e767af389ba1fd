import { expect, test } from "vitest";
import { type OwnState, ownFault } from "./own-fault.ts";

const NOW_MS = 1_790_000_000_000;
const CHANNEL = { receiver: "people", channel: "slack[0]", kind: "slack", isDown: false, oldestMs: undefined } as const;
const WELL: OwnState = { refusal: undefined, overdue: [], channels: [CHANNEL], nowMs: NOW_MS };

test("D1 Haltwatch is well while it writes, evaluates, and reaches people by one way at least", () => {
  const down = { ...CHANNEL, isDown: true };
  const stuck = { ...CHANNEL, oldestMs: NOW_MS - 660_000 };

  expect(ownFault(WELL)).toBeUndefined();
  expect(ownFault({ ...WELL, channels: [] })).toBeUndefined();
  expect(ownFault({ ...WELL, channels: [down, CHANNEL] })).toBeUndefined();
  expect(ownFault({ ...WELL, channels: [{ ...CHANNEL, oldestMs: NOW_MS - 60_000 }] })).toBeUndefined();
  expect(ownFault({ ...WELL, refusal: "the disk is full" })).toBe("the disk is full");
  expect(ownFault({ ...WELL, channels: [down, stuck] })).toMatch(/people are not told/);
  expect(ownFault({ ...WELL, overdue: [{ group: { name: "g" }, lateMs: 61_000 }] })).toMatch(/rule group g/);
  expect(ownFault({ ...WELL, overdue: [{ group: { name: "g" }, lateMs: 5_000 }] })).toBeUndefined();
});
