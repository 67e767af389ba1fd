import { Labels } from "@haltwatch/store/labels";
import { expect, test } from "vitest";
import { queryInstant } from "../evaluate/engine.ts";
import { faults } from "../script/faults.ts";
import { MemoryStorage } from "../storage/memory-storage.ts";

test("a new start is a reset, whatever the value", () => {
  expect(
    faults(`
load 1m
  delta_total@st  _ -1mx5
  delta_total     _  10x5

eval instant at 5m increase(delta_total[3m])
  {} 30

eval instant at 5m irate(delta_total[3m])
  {} 0.16666666666666666

eval instant at 5m resets(delta_total[3m])
  {} 2

eval instant at 5m start_timestamp(delta_total)
  {} 240

eval instant at 5m start_timestamp(delta_total * 1)
`),
  ).toEqual([]);
});

test("a start within the range is where the counter was 0: even one sample tells of growth", () => {
  expect(
    faults(`
load 1m
  @st             -30s
  n_total{of="a"} _ _ _ 6

eval instant at 3m increase(n_total[2m])
  {of="a"} 6
`),
  ).toEqual([]);
});

test("starts count only where that is asked for, and a subquery does not hand them on", () => {
  const storage = new MemoryStorage();
  const labels = Labels.from({ __name__: "n_total" });
  for (let i = 1; i <= 3; i++) storage.append(labels, i * 60_000, 10, (i - 1) * 60_000 + 1);
  const increase = (query: string, useStartTimestamps: boolean): unknown =>
    queryInstant(storage, query, 180_000, { useStartTimestamps }).value;

  expect(increase("increase(n_total[90s])", false)).toMatchObject({ series: [{ values: Float64Array.of(0) }] });
  expect(increase("increase(n_total[90s])", true)).not.toMatchObject({ series: [{ values: Float64Array.of(0) }] });
  expect(increase("increase(n_total[90s:1m])", true)).toMatchObject({ series: [{ values: Float64Array.of(0) }] });
});

test.each([
  ["n@st -1m\n  m 1", /does not match/],
  ["n@st -1m\n  n 1 2", /has 1 values but sample line has 2/],
  ["n@st -1m", /no following sample line/],
  ["n@st 1q\n  n 1", /no duration|no start timestamp/],
])("the load line %j is a mistake", (lines, message) => {
  expect(() => faults(`load 1m\n  ${lines}\n`)).toThrow(message);
});
