/** What the simulated AI trading bot can be made to suffer, and what the rules then say. */
import type { Fault } from "../pack.ts";

export const AI_TRADING_FAULTS: readonly Fault[] = [
  {
    name: "policy-violations",
    description: "Every decision breaks two policy rules, and is rejected for it",
    alerts: [
      "AiPolicyViolationsSpike",
      "AiApprovalRateLow",
      "AiViolationBudgetBurningFast",
      "AiViolationBudgetBurningSlowly",
    ],
    withinSeconds: 900,
  },
  {
    name: "approval-collapse",
    description: "The policy engine rejects everything, though no rule is broken",
    alerts: ["AiApprovalRateLow"],
    withinSeconds: 900,
  },
  {
    name: "confidence-drop",
    description: "The model is unsure of all that it decides",
    alerts: ["AiConfidenceLow"],
    withinSeconds: 600,
  },
  {
    name: "risk-high",
    description: "All decisions have a high risk score",
    alerts: ["AiRiskScoreHigh"],
    withinSeconds: 300,
  },
  {
    name: "breaker-active",
    description: "The bot's own circuit breaker stops it",
    alerts: ["AiBreakerActive"],
    withinSeconds: 30,
  },
  {
    name: "portfolio-drop",
    description: "The portfolio loses a thousandth of its value each second",
    alerts: ["AiPortfolioDrop", "AiPortfolioDropCritical"],
    withinSeconds: 300,
  },
  {
    name: "model-stalled",
    description: "The model makes no decisions any more",
    alerts: ["AiModelStalled"],
    withinSeconds: 1200,
  },
  {
    name: "unapproved-trades",
    description: "The bot trades past its policy engine",
    alerts: ["AiTradesWithoutApproval"],
    withinSeconds: 120,
  },
  {
    name: "bot-down",
    description: "The bot answers no more",
    alerts: ["AiBotDown"],
    withinSeconds: 60,
  },
];
