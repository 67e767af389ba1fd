import { expect, test } from "vitest";
import { faults } from "../script/faults.ts";

const COUNTER = `
load 10s
  n_total 0+1x100
`;

test("arithmetic in ranges, steps and offsets, with the query's own step and range", () => {
  expect(
    faults(`${COUNTER}
eval instant at 500s count_over_time(n_total[10s*(2+1)])
  {} 3

eval instant at 500s count_over_time(n_total[-1m + 2m30s % 1m + 40s:5s*2])
  {} 1

eval instant at 500s n_total offset (1m + 40)
  n_total 40

eval instant at 500s n_total offset 20 + 2
  {} 50

eval range from 100s to 140s step 20s count_over_time(n_total[step()])
  {} 2 2 2

eval range from 100s to 140s step 20s n_total offset max_of(range(), 1m)
  n_total 4 6 8

eval range from 100s to 140s step 20s n_total offset -min_of(step(), 10s)
  n_total 11 13 15
`),
  ).toEqual([]);
});

test("a duration that comes to nothing, or to no number, is an error", () => {
  expect(
    faults(`${COUNTER}
eval instant at 500s count_over_time(n_total[step()])
  expect fail msg: 24:30: duration must be greater than 0

eval instant at 500s n_total offset (1m / step())
  expect fail regex: division by zero

eval instant at 500s n_total offset (1m % range())
  expect fail regex: modulo by zero

eval instant at 500s n_total offset ((-1) ^ 0.5)
  expect fail regex: duration is out of range

eval instant at 500s n_total offset (1y ^ 9)
  expect fail regex: duration is out of range
`),
  ).toEqual([]);
});
