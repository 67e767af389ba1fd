import { expect, test } from "vitest";
import { scaledClock, simulatedClock } from "./clock.ts";

const never = new AbortController().signal;

test("simulated time is wherever it is waited for, and never runs backwards", async () => {
  const clock = simulatedClock(1000);

  await clock.until(5_000_000, never);
  await clock.until(2000, never);

  expect(clock.now()).toBe(5_000_000);
});

test("scaled time passes so many times as fast as on the wall", async () => {
  const clock = scaledClock(1_000_000, 100);
  const start = performance.now();

  await clock.until(1_005_000, never);

  const tookMs = performance.now() - start;
  expect(tookMs).toBeGreaterThan(40);
  expect(clock.now()).toBeGreaterThanOrEqual(1_005_000 - 2 * 100);
});

test("A10 waiting ends at once when the signal says so, however long it would have been", async () => {
  const stop = new AbortController();
  const start = performance.now();
  setTimeout(() => stop.abort(), 20);

  await expect(scaledClock(0, 1).until(1e12, stop.signal)).rejects.toThrow(/abort/i);

  expect(performance.now() - start).toBeLessThan(1000);
});

test.each([
  ["simulated", simulatedClock(0)],
  ["scaled", scaledClock(0, 1e9)],
] as const)("a replay that never waits still lets timers and signals through: %s time", async (_, clock) => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 20);

  const busy = async (): Promise<void> => {
    while (true) await clock.until(0, stop.signal);
  };

  await expect(busy()).rejects.toThrow(/abort/i);
});
