import { expect, test } from "vitest";
import { Risk, type Situation } from "./risk.ts";
import type { Finding } from "./scanner.ts";
import { DEFAULT_STRATEGY } from "./strategy.ts";
import { quoteAt, START_MS } from "./testing/quotes.ts";

const FINDING: Finding = {
  buy: quoteAt("cex", 0, 100),
  sell: quoteAt("dex", 0, 101),
  grossBps: 100,
  netBps: 90,
  fresh: true,
};
const QUIET: Situation = {
  nowMs: START_MS,
  positions: { cex: 0, dex: 0 },
  ordersUnderWay: 0,
  unhedgedBase: 0,
  netBpsAt: () => 90,
};

test("an edge in a quiet situation is traded, at the usual size", () => {
  expect(new Risk(DEFAULT_STRATEGY).judge(FINDING, QUIET)).toEqual({ kind: "accepted", base: 10 });
});

test.each([
  ["stale_quote", { ...FINDING, fresh: false }, QUIET],
  ["edge_too_small", { ...FINDING, netBps: 0.4 }, QUIET],
  ["unhedged", FINDING, { ...QUIET, unhedgedBase: -0.1 }],
  ["order_under_way", FINDING, { ...QUIET, ordersUnderWay: 1 }],
  ["position_limit", FINDING, { ...QUIET, positions: { cex: 98, dex: -98 } }],
  ["position_limit", FINDING, { ...QUIET, positions: { cex: 0, dex: -98 } }],
  ["too_little_offered", { ...FINDING, buy: { ...FINDING.buy, askSize: 1 } }, QUIET],
  ["edge_too_small_at_size", FINDING, { ...QUIET, netBpsAt: () => 0.4 }],
] as const)("refused: %s", (reason, finding, situation) => {
  expect(new Risk(DEFAULT_STRATEGY).judge(finding, situation)).toEqual({ kind: "refused", reason });
});

test.each([
  ["what is offered", { ...FINDING, sell: { ...FINDING.sell, bidSize: 4 } }, QUIET, {}, 4],
  ["what the position leaves", FINDING, { ...QUIET, positions: { cex: 95, dex: 0 } }, {}, 5],
  ["the largest order", FINDING, QUIET, { maxOrderQuote: 300 }, 3],
] as const)("an order is no larger than %s", (_, finding, situation, strategy, base) => {
  const risk = new Risk({ ...DEFAULT_STRATEGY, ...strategy });

  expect(risk.judge(finding, situation)).toEqual({ kind: "accepted", base });
});

test("a position that the trade makes smaller is no obstacle", () => {
  const verdict = new Risk(DEFAULT_STRATEGY).judge(FINDING, { ...QUIET, positions: { cex: -100, dex: 100 } });

  expect(verdict.kind).toBe("accepted");
});

test("after a trade it waits a while, after failures in a row on one venue longer; one that fills ends the row", () => {
  const risk = new Risk({ ...DEFAULT_STRATEGY, maxFailuresInARow: 3, pauseMs: 15_000, cooldownMs: 1000 });
  const reasonAt = (afterMs: number) => {
    const verdict = risk.judge(FINDING, { ...QUIET, nowMs: START_MS + afterMs });
    return verdict.kind === "refused" ? verdict.reason : verdict.kind;
  };

  risk.traded(START_MS);
  expect([reasonAt(999), reasonAt(1000)]).toEqual(["cooling_down", "accepted"]);

  const failures = [true, true, false, true, true, true].map((failed) => risk.orderEnded("dex", failed, START_MS));
  expect(failures).toEqual([false, false, false, false, false, true]);
  expect(risk.orderEnded("cex", true, START_MS)).toBe(false);
  expect([reasonAt(14_999), reasonAt(15_000)]).toEqual(["paused", "accepted"]);
});
