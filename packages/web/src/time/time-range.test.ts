import { expect, test } from "vitest";
import { promDuration, readDuration, roundDuration } from "./duration-text.ts";
import { alignedRange, queryStep, rateInterval, roundInterval, stepOf } from "./interval.ts";
import { readTime, resolveRange } from "./time-range.ts";

const NOW = Date.UTC(2026, 10, 21, 15, 4, 5, 678);
const iso = (text: string, end = false, zone = "utc") => {
  const time = readTime(text, { now: NOW, zone, end });
  return time === undefined ? undefined : new Date(time).toISOString();
};

test.each([
  ["now", false, "2026-11-21T15:04:05.678Z"],
  ["now-6h", false, "2026-11-21T09:04:05.678Z"],
  ["now-1d/d", false, "2026-11-20T00:00:00.000Z"],
  ["now-1d/d", true, "2026-11-20T23:59:59.999Z"],
  ["now/w", false, "2026-11-16T00:00:00.000Z"],
  ["now/M", true, "2026-11-30T23:59:59.999Z"],
  ["now-1M", false, "2026-10-21T15:04:05.678Z"],
  ["now-1y/y", false, "2025-01-01T00:00:00.000Z"],
  ["now/Q", false, "2026-10-01T00:00:00.000Z"],
  ["1763737445678", false, "2025-11-21T15:04:05.678Z"],
  ["2026-11-21", false, "2026-11-21T00:00:00.000Z"],
  ["2026-11-21 15:04", false, "2026-11-21T15:04:00.000Z"],
  ["2026-11-21T15:04:05Z", false, "2026-11-21T15:04:05.000Z"],
])("%s (end: %s) is %s", (text, end, result) => {
  expect(iso(text, end)).toBe(result);
});

test.each(["", "now-", "yesterday", "now-6", "99999999999999999"])("%j is no time", (text) => {
  expect(iso(text)).toBeUndefined();
});

test("days follow the calendar of the zone, also where clocks change", () => {
  expect(iso("2026-03-30", false, "Europe/Berlin")).toBe("2026-03-29T22:00:00.000Z");
  expect(iso("2026-03-28", false, "Europe/Berlin")).toBe("2026-03-27T23:00:00.000Z");
  expect(iso("2026-03-28||+2d", false, "Europe/Berlin")).toBe("2026-03-29T22:00:00.000Z");
});

test("31 March less a month is the last of February", () => {
  expect(readTime("now-1M", { now: Date.UTC(2026, 2, 31), zone: "utc" })).toBe(Date.UTC(2026, 1, 28));
});

test("there is always a range that goes forward", () => {
  expect(resolveRange({ from: "?", to: "?" }, NOW, "utc")).toEqual({ from: NOW - 21_600_000, to: NOW });
  expect(resolveRange({ from: "now", to: "now-1h" }, NOW, "utc")).toEqual({ from: NOW - 3_600_000, to: NOW });
});

test.each([
  ["1m30s", 90_000],
  [">15s", 15_000],
  ["500ms", 500],
  ["30", 30_000],
  ["1d", 86_400_000],
])("%s is %d ms", (text, ms) => {
  expect(readDuration(text)).toBe(ms);
});

test.each(["", "abc", "-5s", "1x", "5 apples"])("%j is no duration", (text) => {
  expect(readDuration(text)).toBeUndefined();
});

test("durations are written exactly for Prometheus, roughly for people", () => {
  expect(promDuration(90_500)).toBe("1m30s500ms");
  expect(roundDuration(90_500)).toBe("1m");
});

/** From Grafana's own rounding. */
test.each([
  [9, 1],
  [12, 10],
  [150, 200],
  [1499, 1000],
  [1500, 2000],
  [7500, 10_000],
  [12_500, 15_000],
  [45_000, 60_000],
  [210_000, 300_000],
  [750_000, 900_000],
  [5_400_000, 7_200_000],
  [16_000_000, 10_800_000],
  [50_000_000, 43_200_000],
  [1e9, 604_800_000],
  [1e10, 31_536_000_000],
])("a step of %d ms is rounded to %d", (ms, rounded) => {
  expect(roundInterval(ms)).toBe(rounded);
});

test("steps of six hours on a thousand pixels, as Grafana chooses them", () => {
  expect(stepOf(21_600_000, 1000, 15_000)).toBe(20_000);
  expect(stepOf(300_000, 1000, 15_000)).toBe(15_000);
  expect(rateInterval(20_000, 15_000)).toBe(60_000);
  expect(rateInterval(300_000, 15_000)).toBe(315_000);
  expect(queryStep(86_400_000 * 30, 1000, 1)).toBe(236_000);
  expect(alignedRange(1234, 9876, 1000)).toEqual({ start: 1000, end: 9000 });
});
