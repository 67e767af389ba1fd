import { expect, test } from "vitest";
import { faults } from "../script/faults.ts";

const SIDES = `
load 1m
  filled{venue="cex"} 8 9
  filled{venue="dex"} 4 _ _ 6
  asked{venue="cex"} 10 10
  asked{venue="otc"} 2 2
  fee{venue="cex", bot="a"} 1
  fee{venue="cex", bot="b"} 2
  fee{venue="otc", bot="a"} 3
`;

test("what one side lacks is filled in, step by step", () => {
  expect(
    faults(`${SIDES}
eval instant at 0 filled - fill(0) asked
  {venue="cex"} -2
  {venue="dex"} 4
  {venue="otc"} -2

eval instant at 0 filled + fill_right(100) asked
  {venue="cex"} 18
  {venue="dex"} 104

eval instant at 0 filled + fill_left(1) fill_right(2) asked
  {venue="cex"} 18
  {venue="dex"} 6
  {venue="otc"} 3

eval instant at 0 filled + fill(0) nothing
  {venue="cex"} 8
  {venue="dex"} 4
`),
  ).toEqual([]);
});

test("comparisons keep the left side's value, or its filling", () => {
  expect(
    faults(`${SIDES}
eval instant at 0 filled > fill(5) asked
  {venue="otc"} 5

eval instant at 0 filled >= bool fill(5) asked
  {venue="cex"} 0
  {venue="dex"} 0
  {venue="otc"} 1
`),
  ).toEqual([]);
});

test("groups are filled by what they match on", () => {
  expect(
    faults(`${SIDES}
eval instant at 0 fee * on(venue) group_left fill_right(10) filled
  {venue="cex", bot="a"} 8
  {venue="cex", bot="b"} 16
  {venue="otc", bot="a"} 30

eval instant at 0 fee * on(venue) group_left fill_left(10) filled
  {venue="cex", bot="a"} 8
  {venue="cex", bot="b"} 16
  {venue="dex"} 40

eval instant at 0 filled + on() fill(0) asked
  expect fail regex: found duplicate series for the match group
`),
  ).toEqual([]);
});
