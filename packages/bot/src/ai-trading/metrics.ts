/** The metrics of a bot whose decisions come from a model and pass a policy engine. Their names are contracts. */
import type { MetricDefinitions } from "../definitions.ts";

export const AI_TRADING_METRICS = {
  decisions: {
    type: "counter",
    name: "ai_decision_total",
    help: "Decisions of the model, by market regime and whether the policy engine approved them.",
    labelNames: ["regime", "approved"],
  },
  confidence: {
    type: "gauge",
    name: "ai_decision_confidence",
    help: "Confidence of the model's latest decision, from 0 to 1.",
  },
  validations: {
    type: "counter",
    name: "policy_validations_total",
    help: "Decisions that the policy engine looked at, by result.",
    labelNames: ["result"],
    knownValues: { result: ["approved", "rejected"] },
  },
  violations: {
    type: "counter",
    name: "policy_violations_total",
    help: "Policy rules broken by decisions.",
  },
  riskScore: {
    type: "gauge",
    name: "policy_risk_score",
    help: "Risk score that the policy engine gave the latest decision.",
  },
  trades: {
    type: "counter",
    name: "trades_total",
    help: "Trades made, by side, symbol and strategy.",
    labelNames: ["side", "symbol", "strategy"],
  },
  portfolioValue: {
    type: "gauge",
    name: "portfolio_value_usdt",
    unit: "usdt",
    help: "Value of the whole portfolio, in USDT.",
  },
  realizedPnl: {
    type: "gauge",
    name: "pnl_realized_usdt",
    unit: "usdt",
    help: "Profit and loss of closed positions, in USDT.",
  },
  circuitBreaker: {
    type: "gauge",
    name: "circuit_breaker_active",
    help: "1 while the circuit breaker stops trading, 0 otherwise.",
  },
} as const satisfies MetricDefinitions;
