import { expect, test } from "vitest";
import { durationMs } from "./duration.ts";

test("a number is milliseconds, a bigint nanoseconds, a pair what process.hrtime gives, an object a Temporal.Duration", () => {
  expect(durationMs(1.5)).toBe(1.5);
  expect(durationMs(1_500_000n)).toBe(1.5);
  expect(
    durationMs({ days: 1, hours: 2, minutes: 3, seconds: 4, milliseconds: 5, microseconds: 6, nanoseconds: 7 }),
  ).toBeCloseTo(93_784_005.006007);
  expect(durationMs([2, 500_000])).toBe(2000.5);
  for (const none of [{}, [], [1], new Date(0), () => 1]) expect(durationMs(none as never)).toBeNaN();
  expect(durationMs("5" as never)).toBeNaN();
  expect(durationMs(null as never)).toBeNaN();
});
