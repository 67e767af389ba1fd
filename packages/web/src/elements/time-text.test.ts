import { expect, test } from "vitest";
import { ageText, clockTime, exactTime, shortTime } from "./time-text.ts";

test.each([
  [-5, "0 ms"],
  [0, "0 ms"],
  [420.9, "420 ms"],
  [999, "999 ms"],
  [1000, "1 s"],
  [119_999, "119 s"],
  [120_000, "2 min"],
  [7_199_999, "119 min"],
  [7_200_000, "2 h"],
  [172_799_999, "47 h"],
  [172_800_000, "2 d"],
  [Number.NaN, "unknown"],
])("%d ms is read as %s", (ms, text) => {
  expect(ageText(ms)).toBe(text);
});

test("the exact time names its zone", () => {
  expect(exactTime(Date.UTC(2026, 0, 2, 3, 4, 5, 6))).toMatch(
    /^2026-01-0\d \d\d:\d\d:05\.006 \(UTC([+-]\d\d:\d\d)?\)$/,
  );
});

test("a time of another day has its date", () => {
  const noon = new Date(2026, 5, 5, 12).getTime();

  expect(shortTime(noon, noon + 1000)).toBe(clockTime(noon));
  expect(shortTime(noon, noon + 86_400_000)).toBe(`2026-06-05 ${clockTime(noon)}`);
});
