import { expect, test } from "vitest";
import { AwayBuffer } from "./away-buffer.ts";
import { LinkedSeries } from "./linked-series.ts";

const series = new LinkedSeries(1, {
  name: "a",
  labels: {},
  type: "gauge",
  metric: "a",
  help: "A.",
  zeroMs: undefined,
});

function takeAll(buffer: AwayBuffer): number[] {
  const values: number[] = [];
  buffer.take(Number.POSITIVE_INFINITY, (_timeMs, _series, value) => values.push(value));
  return values;
}

test("what comes out is what went in, in order, over several sizes", () => {
  const buffer = new AwayBuffer(10_000);

  for (let i = 0; i < 5_000; i++) buffer.add(i, series, i);

  expect(takeAll(buffer)).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
  expect(buffer.size).toBe(0);
});

test("beyond its capacity the oldest go, and are counted", () => {
  const buffer = new AwayBuffer(2_000);

  for (let i = 0; i < 5_000; i++) buffer.add(i, series, i);

  expect(buffer.takeDropped()).toBe(3_000);
  expect(buffer.takeDropped()).toBe(0);
  expect(takeAll(buffer)).toEqual(Array.from({ length: 2_000 }, (_, i) => 3_000 + i));
});

test("some may be taken, and others added", () => {
  const buffer = new AwayBuffer(3_000);
  for (let i = 0; i < 3_000; i++) buffer.add(i, series, i);

  const first: number[] = [];
  buffer.take(1_000, (_timeMs, _series, value) => first.push(value));
  for (let i = 3_000; i < 4_500; i++) buffer.add(i, series, i);

  expect(first.at(-1)).toBe(999);
  expect(takeAll(buffer)[0]).toBe(1_500);
  expect(buffer.takeDropped()).toBe(500);
});
