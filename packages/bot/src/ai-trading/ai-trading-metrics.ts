/** Records what an AI trading bot decides, what its policy engine says of it, and what it trades. */
import type { Counter } from "../instruments/counter.ts";
import type { Gauge } from "../instruments/gauge.ts";
import { badRecord } from "../registry/bad-record.ts";
import type { Registry } from "../registry/registry.ts";
import { AI_TRADING_METRICS } from "./metrics.ts";

/** One decision of the model. */
export interface Decision {
  /** The market as the model reads it: `trending`, `ranging`, `volatile`, … */
  readonly regime: string;
  /** Whether the policy engine let it pass. */
  readonly approved: boolean;
  /** From 0 to 1. */
  readonly confidence: number;
}

/** What the policy engine said of a decision. */
export interface PolicyValidation {
  /** `approved`, `rejected`, or a result of your own. */
  readonly result: "approved" | "rejected" | (string & {});
  readonly riskScore?: number | undefined;
  /** Rules broken (default 0). */
  readonly violations?: number | undefined;
}

/** One trade made. */
export interface Trade {
  readonly side: "buy" | "sell";
  readonly symbol: string;
  readonly strategy: string;
}

/** The account in USDT. What is left out stays as it was. */
export interface Portfolio {
  readonly valueUsdt?: number | undefined;
  readonly realizedPnlUsdt?: number | undefined;
}

export class AiTradingMetrics {
  readonly #registry: Registry;
  readonly #decisions: Counter<"regime" | "approved">;
  readonly #confidence: Gauge;
  readonly #validations: Counter<"result">;
  readonly #violations: Counter;
  readonly #riskScore: Gauge;
  readonly #trades: Counter<"side" | "symbol" | "strategy">;
  readonly #portfolioValue: Gauge;
  readonly #realizedPnl: Gauge;
  readonly #circuitBreaker: Gauge;

  /** @throws {MetricError} where the registry has metrics of these names already */
  constructor(registry: Registry) {
    this.#registry = registry;
    this.#decisions = registry.counter(AI_TRADING_METRICS.decisions);
    this.#confidence = registry.gauge({ ...AI_TRADING_METRICS.confidence, aggregation: "average" });
    this.#validations = registry.counter(AI_TRADING_METRICS.validations);
    this.#violations = registry.counter(AI_TRADING_METRICS.violations);
    this.#riskScore = registry.gauge({ ...AI_TRADING_METRICS.riskScore, aggregation: "max" });
    this.#trades = registry.counter(AI_TRADING_METRICS.trades);
    this.#portfolioValue = registry.gauge(AI_TRADING_METRICS.portfolioValue);
    this.#realizedPnl = registry.gauge(AI_TRADING_METRICS.realizedPnl);
    this.#circuitBreaker = registry.gauge({ ...AI_TRADING_METRICS.circuitBreaker, aggregation: "max" });
    // Absent until first told: a value of 0 that nobody set would read as a risk of none, or an account lost.
    const told = [this.#confidence, this.#riskScore, this.#portfolioValue, this.#realizedPnl, this.#circuitBreaker];
    for (const gauge of told) gauge.remove();
  }

  recordDecision(decision: Decision): void {
    this.#guarded("recordDecision", () => {
      this.#confidence.set(decision.confidence);
      this.#decisions.labels(decision.regime, decision.approved ? "true" : "false").inc();
    });
  }

  recordPolicyValidation(validation: PolicyValidation): void {
    this.#guarded("recordPolicyValidation", () => {
      this.#validations.labels(validation.result).inc();
      if (validation.violations !== undefined) this.#violations.inc(validation.violations);
      if (validation.riskScore !== undefined) this.#riskScore.set(validation.riskScore);
    });
  }

  recordTrade(trade: Trade): void {
    this.#guarded("recordTrade", () => this.#trades.labels(trade.side, trade.symbol, trade.strategy).inc());
  }

  recordPortfolio(portfolio: Portfolio): void {
    this.#guarded("recordPortfolio", () => {
      if (portfolio.valueUsdt !== undefined) this.#portfolioValue.set(portfolio.valueUsdt);
      if (portfolio.realizedPnlUsdt !== undefined) this.#realizedPnl.set(portfolio.realizedPnlUsdt);
    });
  }

  /** @param active true while the breaker stops trading */
  recordCircuitBreaker(active: boolean): void {
    this.#circuitBreaker.set(active ? 1 : 0);
  }

  /** Whatever a recording call is given, it must not throw into a decision: what it was given wrongly is a mistake. */
  #guarded(call: string, record: () => void): void {
    try {
      record();
    } catch (error) {
      this.#registry.mistake(badRecord(call, error, "Give an object with the fields that its type names"));
    }
  }
}
