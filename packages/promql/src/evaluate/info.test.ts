import { expect, test } from "vitest";
import { faults } from "../script/faults.ts";

const TARGETS = `
load 1m
  orders_total{job="bot", instance="a"} 1 2 3
  orders_total{job="bot", instance="b"} 4 5 6
  orders_total{venue="cex"} 7 8 9
  target_info{job="bot", instance="a", version="1"} 1 1 stale
  target_info{job="bot", instance="a", version="2"} _ _ 1
  build_info{job="bot", instance="a", commit="c0ffee"} 1 1 1
`;

test("labels of the target's info series are added, as they are at each step", () => {
  expect(
    faults(`${TARGETS}
eval range from 0 to 2m step 1m info(orders_total)
  orders_total{job="bot", instance="a", version="1"} 1 2 _
  orders_total{job="bot", instance="a", version="2"} _ _ 3
  orders_total{job="bot", instance="b"} 4 5 6
  orders_total{venue="cex"} 7 8 9

eval instant at 0 info(orders_total, {__name__="build_info"})
  orders_total{job="bot", instance="a", commit="c0ffee"} 1
  orders_total{job="bot", instance="b"} 4
  orders_total{venue="cex"} 7

eval instant at 0 info(orders_total, {__name__=~".+_info", commit=~".+"})
  orders_total{job="bot", instance="a", commit="c0ffee"} 1

eval instant at 0 info(orders_total, {version="3"})

eval instant at 0 info(orders_total{instance="a"}, {__name__!="target_info"})
  orders_total{job="bot", instance="a", commit="c0ffee"} 1

eval instant at 2m info(orders_total @ 0)
  orders_total{job="bot", instance="a", version="1"} 1
  orders_total{job="bot", instance="b"} 4
  orders_total{venue="cex"} 7

eval instant at 0 info(target_info)
  target_info{job="bot", instance="a", version="1"} 1

eval instant at 2m sum by (version) (info(rate(orders_total[2m])))
  {} 0.0333333333333
  {version="2"} 0.0166666666667
`),
  ).toEqual([]);
});

test("of two samples the newer counts, and contradictions are errors", () => {
  expect(
    faults(`
load 1m
  up{job="bot"} 1x4
  target_info{job="bot", version="1"} 1x4
  target_info{job="bot", version="2"} 1 _
  other_info{job="bot", version="3"} 1x4

eval instant at 0 info(up)
  expect fail regex: found duplicate series for info metric: existing .* @ 0, new .* @ 0

eval instant at 3m info(up)
  up{job="bot", version="1"} 1

eval instant at 3m info(up, {__name__=~".+_info"})
  expect fail msg: conflicting label: version
`),
  ).toEqual([]);
});
