import { expect, test } from "vitest";
import { AiTradingMetrics } from "./ai-trading/ai-trading-metrics.ts";
import { ArbitrageMetrics } from "./arbitrage/arbitrage-metrics.ts";
import { Registry } from "./registry/registry.ts";

const circle: Record<string, unknown> = {};
circle["self"] = circle;

/** What a bot may hand over by mistake. */
const HOSTILE: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  -1,
  1n,
  "",
  "5",
  true,
  Symbol("s"),
  () => 1,
  {},
  [],
  circle,
  Object.create(null),
  { status: 1n },
  { status: circle },
  { status: "filled", latency: -5, volumeQuote: 1n },
  new Proxy(
    {},
    {
      get() {
        throw new Error("no");
      },
      ownKeys() {
        throw new Error("no");
      },
    },
  ),
];

test("whatever a recording call is given, where mistakes are reported it does not throw, and the exposition stays whole", async () => {
  const told: string[] = [];
  const registry = new Registry({ mistakes: (error) => told.push(error.oneLine()) });
  const arbitrage = new ArbitrageMetrics(registry);
  const ai = new AiTradingMetrics(registry);
  const counter = registry.counter({ name: "c_total", help: "h", labelNames: ["a", "b"] });
  const gauge = registry.gauge({ name: "g_seconds", help: "h", labelNames: ["a"] });
  const sole = registry.gauge({ name: "s", help: "h" });
  const histogram = registry.histogram({ name: "h_ms", help: "h", labelNames: ["a"] });
  const info = registry.info({ name: "i_info", help: "h", labelNames: ["a"] });
  const state = registry.stateSet({ name: "st", help: "h", states: ["on", "off"] });

  for (const one of HOSTILE) {
    for (const other of HOSTILE) {
      const [x, y] = [one as never, other as never];
      arbitrage.recordOrder(x, y);
      arbitrage.recordOrder({ status: "filled", latency: x, volumeQuote: y }, "cex");
      arbitrage.recordLatency(x, y);
      arbitrage.recordOpportunity(x);
      arbitrage.recordSpread(x);
      arbitrage.recordExposure(x);
      arbitrage.recordQuoteAge(x, y);
      ai.recordDecision(x);
      ai.recordPolicyValidation(x);
      ai.recordTrade(x);
      ai.recordPortfolio(x);
      ai.recordCircuitBreaker(x);
      guarded(() => counter.inc(x, y));
      guarded(() => counter.labels(x, y).inc(y));
      guarded(() => counter.remove(x, y));
      guarded(() => gauge.labels("x").inc(x));
      guarded(() => gauge.labels("x").dec(x));
      guarded(() => gauge.set(x, y));
      guarded(() => gauge.setToCurrentTime(x));
      guarded(() => gauge.startTimer(x)());
      guarded(() => sole.set(x));
      guarded(() => sole.inc(x));
      guarded(() => histogram.observe(x, y));
      guarded(() => histogram.labels("x").observeWithExemplar(x, y));
      guarded(() => info.set(x));
      guarded(() => state.set(x));
    }
  }

  const text = await registry.metrics();
  expect(
    text
      .trimEnd()
      .split("\n")
      .filter((line) => !/^(# (HELP|TYPE) .+|\w+(\{.*\})? \S+)$/.test(line)),
  ).toEqual([]);
  expect(told.length).toBeGreaterThan(5);
  expect(told.every((line) => !line.includes("\n"))).toBe(true);
});

/** An object whose every reading throws is nobody's mistake but its own: all else must not throw. */
function guarded(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    if (!(error instanceof Error && error.message === "no")) throw error;
  }
}
