import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CronSchedule, ScheduleError } from "./cron-schedule.ts";

/** The next so many times, as text in UTC. */
function times(expression: string, timeZone: string, from: string, count: number): string[] {
  const schedule = new CronSchedule(expression, timeZone);
  const all: string[] = [];
  for (let ms = schedule.next(Date.parse(from)); all.length < count; ms = schedule.next(ms)) {
    all.push(new Date(ms).toISOString().slice(5, 16));
  }
  return all;
}

describe("D2 a cron expression in a named time zone", () => {
  test("is the same hour there before and after the clock changes", () => {
    expect(times("0 9 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 3)).toEqual([
      "03-28T08:00",
      "03-29T07:00",
      "03-30T07:00",
    ]);
    expect(times("0 9 * * *", "Europe/Berlin", "2026-10-24T00:00:00Z", 3)).toEqual([
      "10-24T07:00",
      "10-25T08:00",
      "10-26T08:00",
    ]);
    expect(times("0 9 * * *", "America/New_York", "2026-03-07T00:00:00Z", 3)).toEqual([
      "03-07T14:00",
      "03-08T13:00",
      "03-09T13:00",
    ]);
    expect(times("0 9 * * *", "America/New_York", "2026-10-31T00:00:00Z", 3)).toEqual([
      "10-31T13:00",
      "11-01T14:00",
      "11-02T14:00",
    ]);
  });

  test("in the hour that is left out is due at its end", () => {
    expect(times("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2)).toEqual(["03-29T01:00", "03-30T00:30"]);
    expect(times("30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", 2)).toEqual(["03-08T07:00", "03-09T06:30"]);
  });

  test("in the hour that comes twice is due once", () => {
    expect(times("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2)).toEqual(["10-25T00:30", "10-26T01:30"]);
    expect(times("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", 2)).toEqual(["11-01T05:30", "11-02T06:30"]);
  });

  test.each(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])(
    "each five minutes misses none and has none twice, whatever the clock of %s does",
    (timeZone) => {
      const schedule = new CronSchedule("*/5 * * * *", timeZone);
      for (const day of ["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"]) {
        const from = Date.parse(`${day}T00:00:00Z`) - 12 * 3_600_000;
        let ms = from;
        for (let count = 1; count <= 36 * 12; count++) {
          ms = schedule.next(ms);
          expect(ms, `${day}, run ${count}`).toBe(from + count * 300_000);
        }
      }
    },
  );

  test("is always due later than asked, and nothing lies between", () => {
    const minute = fc.integer({ min: 0, max: 59 });
    const hour = fc.integer({ min: 0, max: 23 });
    const moment = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) });
    const zone = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata");
    fc.assert(
      fc.property(minute, hour, zone, moment, (at, hours, timeZone, afterMs) => {
        const schedule = new CronSchedule(`${at} ${hours} * * *`, timeZone);
        const nextMs = schedule.next(afterMs);
        expect(nextMs).toBeGreaterThan(afterMs);
        expect(nextMs - afterMs).toBeLessThanOrEqual(25 * 3_600_000);
        expect(schedule.next(nextMs - 1)).toBe(nextMs);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ["61 * * * *", "UTC", /no cron expression/],
    ["every day", "UTC", /no cron expression/],
    ["0 0 30 2 *", "UTC", /never due/],
    ["0 9 * * *", "Mars/Base", /no time zone/],
  ])("%s in %s is refused, and it is said why", (expression, timeZone, fault) => {
    expect(() => new CronSchedule(expression, timeZone)).toThrow(fault);
    expect(() => new CronSchedule(expression, timeZone)).toThrow(ScheduleError);
  });
});
