import { expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { AiTradingMetrics } from "./ai-trading-metrics.ts";

test("E1 exactly these metrics, with their labels, types and values", async () => {
  const registry = new Registry({ createdTimestamps: false });
  const ai = new AiTradingMetrics(registry);

  ai.recordDecision({ regime: "trending", approved: true, confidence: 0.82 });
  ai.recordDecision({ regime: "trending", approved: false, confidence: 0.4 });
  ai.recordPolicyValidation({ result: "approved", riskScore: 0.31 });
  ai.recordPolicyValidation({ result: "rejected", riskScore: 0.9, violations: 2 });
  ai.recordTrade({ side: "buy", symbol: "BTCUSDT", strategy: "breakout" });
  ai.recordPortfolio({ valueUsdt: 10_500.25, realizedPnlUsdt: -12.5 });
  ai.recordCircuitBreaker(true);

  const lines = (await registry.metrics()).split("\n").filter((line) => !line.startsWith("# HELP") && line !== "");
  expect(lines).toEqual([
    "# TYPE ai_decision_total counter",
    'ai_decision_total{regime="trending",approved="true"} 1',
    'ai_decision_total{regime="trending",approved="false"} 1',
    "# TYPE ai_decision_confidence gauge",
    "ai_decision_confidence 0.4",
    "# TYPE policy_validations_total counter",
    'policy_validations_total{result="approved"} 1',
    'policy_validations_total{result="rejected"} 1',
    "# TYPE policy_violations_total counter",
    "policy_violations_total 2",
    "# TYPE policy_risk_score gauge",
    "policy_risk_score 0.9",
    "# TYPE trades_total counter",
    'trades_total{side="buy",symbol="BTCUSDT",strategy="breakout"} 1',
    "# TYPE portfolio_value_usdt gauge",
    "portfolio_value_usdt 10500.25",
    "# TYPE pnl_realized_usdt gauge",
    "pnl_realized_usdt -12.5",
    "# TYPE circuit_breaker_active gauge",
    "circuit_breaker_active 1",
  ]);
});

test("E1 what has not been told yet is absent, not zero", async () => {
  const registry = new Registry();
  new AiTradingMetrics(registry);

  const text = await registry.metrics();

  expect(text).not.toMatch(/^(portfolio|pnl_realized|policy_risk|ai_decision_confidence|circuit_breaker)\w* /m);
});
