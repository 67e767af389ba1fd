import { describe, expect, test } from "vitest";
import { MAX_TIME_MS, MIN_TIME_MS, parseSeconds, parseTime } from "./time-parameter.ts";

describe("times", () => {
  test.each([
    ["0", 0],
    ["1.5", 1500],
    ["-1.5", -1500],
    ["1700000000.123", 1_700_000_000_123],
    ["1700000000.1234", 1_700_000_000_123],
    ["1700000000.1235", 1_700_000_000_124],
    ["1e3", 1_000_000],
    ["1_000", 1_000_000],
    ["2023-11-14T22:13:20Z", 1_700_000_000_000],
    ["2023-11-14T23:13:20.1239+01:00", 1_700_000_000_123],
    ["2024-02-29T00:00:00Z", 1_709_164_800_000],
    ["0001-01-01T00:00:00Z", -62_135_596_800_000],
    ["-292273086-05-16T16:47:06Z", MIN_TIME_MS],
    ["292277025-08-18T07:12:54.999999999Z", MAX_TIME_MS],
  ])("%s is a time", (text, timeMs) => {
    expect(parseTime(text)).toBe(timeMs);
  });

  test.each([
    "",
    "x",
    "NaN",
    "Inf",
    "1__0",
    "_1",
    "1e400",
    "2023-02-29T00:00:00Z",
    "2023-11-14T22:13:60Z",
    "2023-11-14",
  ])("%j is none", (text) => {
    expect(parseTime(text)).toBeUndefined();
  });
});

test("durations are seconds or Prometheus's own, and what is none says why", () => {
  expect(["60", "0.0015", "1h30m", "-2", "0"].map(parseSeconds)).toEqual([60_000, 1.5, 5_400_000, -2000, 0]);
  expect(parseSeconds("5x")).toEqual({ fault: 'cannot parse "5x" to a valid duration' });
  expect(parseSeconds("1e40")).toEqual({ fault: 'cannot parse "1e40" to a valid duration. It overflows int64' });
});
