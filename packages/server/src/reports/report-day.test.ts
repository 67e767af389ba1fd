import { expect, test } from "vitest";
import { dayBefore, localTime, reportDay } from "./report-day.ts";

const HOUR_MS = 3_600_000;

test.each([
  ["2026-11-20", "UTC", "2026-11-20T00:00:00.000Z", 24],
  ["2026-11-20", "Europe/Berlin", "2026-11-19T23:00:00.000Z", 24],
  ["2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00.000Z", 23],
  ["2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00.000Z", 25],
  ["2026-03-08", "America/New_York", "2026-03-08T05:00:00.000Z", 23],
  ["2026-11-01", "America/New_York", "2026-11-01T04:00:00.000Z", 25],
  ["2026-04-05", "Australia/Lord_Howe", "2026-04-04T13:00:00.000Z", 24.5],
  ["2026-06-01", "Asia/Kathmandu", "2026-05-31T18:15:00.000Z", 24],
  // Midnight is left out: the day begins at one.
  ["2026-04-24", "Africa/Cairo", "2026-04-23T22:00:00.000Z", 23],
])("D4 %s in %s begins at %s and has %d hours", (date, timeZone, from, hours) => {
  const day = reportDay(date, timeZone);

  expect(new Date(day.fromMs).toISOString()).toBe(from);
  expect((day.toMs - day.fromMs) / HOUR_MS).toBe(hours);
  expect(localTime(day.fromMs, timeZone).slice(0, 10)).toBe(date);
  expect(localTime(day.fromMs - 60_000, timeZone).slice(0, 10) < date).toBe(true);
});

test("D4 days are one after the other, with nothing between, the whole year round", () => {
  for (const timeZone of ["Europe/Berlin", "America/New_York", "Pacific/Apia"]) {
    let { fromMs } = reportDay("2026-01-01", timeZone);
    for (let noon = Date.UTC(2026, 0, 1, 12); noon < Date.UTC(2027, 0, 1); noon += 24 * HOUR_MS) {
      const day = reportDay(new Date(noon).toISOString().slice(0, 10), timeZone);
      expect(day.fromMs, day.date).toBe(fromMs);
      fromMs = day.toMs;
    }
  }
});

test("D4 the report at nine is of the day before, there", () => {
  expect(dayBefore(Date.parse("2026-11-21T08:00:00Z"), "Europe/Berlin").date).toBe("2026-11-20");
  expect(dayBefore(Date.parse("2026-11-21T00:30:00Z"), "America/New_York").date).toBe("2026-11-19");
  expect(dayBefore(Date.parse("2026-11-21T23:30:00Z"), "Europe/Berlin").date).toBe("2026-11-21");
});

test("D4 what is no day is refused", () => {
  for (const date of ["2026-02-30", "yesterday", "2026-1-1", "2026-13-01", ""])
    expect(() => reportDay(date, "UTC")).toThrow(/no day/);
  expect(() => reportDay("2011-12-30", "Pacific/Apia")).toThrow("Pacific/Apia had no 2011-12-30");
});
