import { expect, test } from "vitest";
import { amountText, countText, signedAmount } from "./amount.ts";
import { severityTone } from "./health.tsx";
import { stripText } from "./strip.tsx";

test("a strip is told in words", () => {
  const hour = 3_600_000;

  expect(stripText([], hour)).toBe("no data");
  expect(stripText(["ok", "ok"], hour)).toBe("well all the time");
  expect(stripText(["ok", "paused", "critical", "critical"], 4 * hour)).toBe("paused 60 min, critical 2 h, else well");
  expect(stripText(["unknown", "warning"], 2 * hour)).toBe("warning 60 min, no data 60 min");
});

test("numbers have their unit and their sign", () => {
  expect(amountText(1204.5, "usd")).toBe("$1,204.50");
  expect(amountText(1204.5, "bps")).toBe("1,205 bps");
  expect(amountText(0.05, "")).toBe("0.05");
  expect(signedAmount(-3.2, "USDT")).toBe("−3.2 USDT");
  expect(signedAmount(0, "usd")).toBe("$0.00");
  expect(countText(1, "entry", "entries")).toBe("1 entry");
  expect(countText(1200, "entry", "entries")).toBe("1,200 entries");
});

test("severities of any rule author have a tone", () => {
  expect(["critical", "page", "error"].map(severityTone)).toEqual(["critical", "critical", "critical"]);
  expect(["warning", "minor", "info", "none", undefined].map(severityTone)).toEqual([
    "warning",
    "warning",
    "info",
    "unknown",
    "unknown",
  ]);
});
