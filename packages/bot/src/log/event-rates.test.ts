import { expect, test } from "vitest";
import { EventRates, MAX_LINES_PER_EVENT_AND_SECOND } from "./event-rates.ts";

test("A1 an event beyond its rate is held back, and how often is told with its next line", () => {
  const rates = new EventRates();
  for (let i = 0; i < MAX_LINES_PER_EVENT_AND_SECOND; i++) expect(rates.admit("a", 1)).toBe(0);

  expect(rates.admit("a", 1)).toBeUndefined();
  expect(rates.admit("a", 1)).toBeUndefined();
  expect(rates.admit("b", 1)).toBe(0);
  expect(rates.admit("a", 2)).toBe(2);
  expect(rates.admit("a", 2)).toBe(0);
});

test("A1 events of ever new names do not fill the memory", () => {
  const rates = new EventRates();

  for (let i = 0; i < 10_000; i++) rates.admit(`order ${i}`, 1);

  expect(rates.size).toBe(1000);
});
