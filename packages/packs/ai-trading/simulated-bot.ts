/**
 * An AI trading bot that trades on nothing: a decision each ten seconds, about seven of ten approved, most of these traded.
 */
import { AiTradingMetrics, Registry } from "@haltwatch/bot";
import type { AskAllowed, SimulatedBot, SimulationOptions } from "../pack.ts";
import { seededRandom } from "../seeded-random.ts";

const STEP_MS = 1000;

/** Between two decisions, and for how long the market stays as it is. */
const DECISION_MS = 10_000;
const REGIME_MS = 3_600_000;

const REGIMES = ["trending", "ranging", "volatile"] as const;
const STRATEGIES = ["breakout", "mean-reversion"] as const;
const SYMBOLS = ["BTCUSDT", "ETHUSDT"] as const;

const APPROVED_SHARE = 0.7;

/** Share of approved decisions that become trades. */
const TRADED_SHARE = 0.8;

/** Share of decisions that break a policy rule. */
const VIOLATING_SHARE = 0.01;

/** What the portfolio is drawn back to, and how far a second moves it, USDT. */
const PORTFOLIO_USDT = 50_000;
const PORTFOLIO_STEP_USDT = 10;

export function startSimulation(options: SimulationOptions): SimulatedBot {
  return new SimulatedAiTradingBot(options);
}

class SimulatedAiTradingBot implements SimulatedBot {
  readonly registry = new Registry();
  readonly #metrics = new AiTradingMetrics(this.registry);
  readonly #random: () => number;
  readonly #allowed: AskAllowed;
  #faults: ReadonlySet<string> = new Set();
  #livedMs: number;
  #isAnswering = true;
  #portfolioUsdt = PORTFOLIO_USDT;
  #realizedUsdt = 0;

  constructor({ seed, startMs, allowed = () => true }: SimulationOptions) {
    this.#random = seededRandom(seed);
    this.#allowed = allowed;
    this.#livedMs = startMs;
  }

  get isAnswering(): boolean {
    return this.#isAnswering;
  }

  step(timeMs: number, faults: ReadonlySet<string>): void {
    this.#faults = faults;
    this.#isAnswering = !faults.has("bot-down");
    while (this.#livedMs + STEP_MS <= timeMs) {
      this.#livedMs += STEP_MS;
      if (this.#isAnswering) this.#second();
    }
  }

  #second(): void {
    const faults = this.#faults;
    const pull = (PORTFOLIO_USDT - this.#portfolioUsdt) / 10_000;
    const move = (this.#random() - 0.5) * 2 * PORTFOLIO_STEP_USDT + pull;
    this.#portfolioUsdt = faults.has("portfolio-drop") ? this.#portfolioUsdt * 0.999 : this.#portfolioUsdt + move;
    this.#metrics.recordPortfolio({ valueUsdt: this.#portfolioUsdt, realizedPnlUsdt: this.#realizedUsdt });
    this.#metrics.recordCircuitBreaker(faults.has("breaker-active"));
    if (this.#livedMs % DECISION_MS >= STEP_MS) return;
    if (!faults.has("model-stalled")) this.#decide();
    if (faults.has("unapproved-trades")) for (let trade = 0; trade < 3; trade++) this.#trade();
  }

  #decide(): void {
    const faults = this.#faults;
    const regime = REGIMES[Math.floor(this.#livedMs / REGIME_MS) % REGIMES.length] ?? "trending";
    const violations = faults.has("policy-violations") ? 2 : this.#random() < VIOLATING_SHARE ? 1 : 0;
    const isRefused = violations > 0 || faults.has("approval-collapse");
    const approved = !isRefused && this.#random() < APPROVED_SHARE;
    const confidence = (faults.has("confidence-drop") ? 0.2 : 0.6) + this.#random() * 0.3;
    const riskScore = (faults.has("risk-high") ? 0.9 : 0.2) + this.#random() * 0.1;
    this.#metrics.recordDecision({ regime, approved, confidence });
    this.#metrics.recordPolicyValidation({ result: approved ? "approved" : "rejected", riskScore, violations });
    if (approved && this.#random() < TRADED_SHARE) this.#trade();
  }

  #trade(): void {
    const side = this.#random() < 0.5 ? "buy" : "sell";
    const symbol = this.#oneOf(SYMBOLS);
    const strategy = this.#oneOf(STRATEGIES);
    if (!this.#allowed("open", { strategy })) return;
    this.#metrics.recordTrade({ side, symbol, strategy });
    this.#realizedUsdt += (this.#random() - 0.48) * 10;
  }

  #oneOf(names: readonly [string, string]): string {
    return this.#random() < 0.5 ? names[0] : names[1];
  }
}
