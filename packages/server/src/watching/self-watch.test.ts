import { afterEach, beforeEach, expect, test } from "vitest";
import { HandClock } from "../rules/testing/hand-clock.ts";
import { type SelfTrouble, SelfWatch } from "./self-watch.ts";

const LEASE_MS = 3_000;

let clock: HandClock;
let watch: SelfWatch;
let told: SelfTrouble["kind"][];
let freeBytes: number;
let canWrite: boolean;

beforeEach(() => {
  clock = new HandClock(1_700_000_000_000);
  told = [];
  freeBytes = 1e10;
  canWrite = true;
  watch = new SelfWatch({
    ...{ clock, leaseMs: LEASE_MS, overdue: () => [] },
    disk: () => ({ freeBytes, sizeBytes: 1e11 }),
    write: () => {
      if (!canWrite) throw new Error("full");
    },
    onTrouble: ({ kind }) => told.push(kind),
  });
  watch.start();
});
afterEach(() => watch[Symbol.dispose]());

test("while all is well nothing is told, and leases are granted", () => {
  clock.turn(600_000);

  expect(told).toEqual([]);
  expect(watch.refusal).toBeUndefined();
});

test("F3 a full disk is no lease within a tenth of a second, and it is over when there is room", () => {
  freeBytes = 4096;
  clock.turn(100);
  expect(watch.refusal).toBe("the disk is full");
  expect(told).toEqual(["disk_full"]);

  freeBytes = 1e8;
  clock.turn(100);
  expect(watch.refusal).toBeUndefined();
  expect(told).toEqual(["disk_full", "disk_low"]);
});

test("F3 a file that cannot be written is no lease until it was written", () => {
  clock.turn(1000);
  canWrite = false;
  watch.storeFailed();
  expect(watch.refusal).toMatch(/cannot be written/);
  clock.turn(5000);
  expect(watch.refusal).toMatch(/cannot be written/);

  canWrite = true;
  clock.turn(600);
  expect(watch.refusal).toBeUndefined();
  expect(told).toEqual(["store_failing"]);
});

test("an event loop that is late, and a clock that is set, are told; beyond a lease nobody gets one before all was looked at", () => {
  clock.block(400);
  clock.turn(0);
  expect(watch.takeLagMs()).toBeGreaterThanOrEqual(300);
  clock.turn(200);
  expect(watch.takeLagMs()).toBe(0);

  clock.block(LEASE_MS + 1000);
  expect(watch.refusal).toMatch(/stood still/);
  clock.turn(0);
  expect(watch.refusal).toBeUndefined();

  clock.set(clock.now() - 5000);
  clock.turn(100);
  expect(watch.clockJumps).toEqual({ count: 1, lastMs: -5000 });
  expect(told).toEqual(["event_loop_late", "clock_jumped"]);
});
