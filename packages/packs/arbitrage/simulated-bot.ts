/**
 * An arbitrage bot that trades on nothing: quotes each second, an arbitrage of two legs about every six seconds,
 * each of them filled unless a fault is on.
 */
import { ArbitrageMetrics, type OrderStatus, Registry, type Venue } from "@haltwatch/bot";
import type { AskAllowed, SimulatedBot, SimulationOptions } from "../pack.ts";
import { seededRandom } from "../seeded-random.ts";

const STEP_MS = 1000;

/** Chance of an arbitrage in each second. */
const OPPORTUNITY_CHANCE = 1 / 6;

/** What one leg of an arbitrage is worth, in the quote currency: from, to. */
const LEG_QUOTE = [500, 2000] as const;

/** Usual time of an order, milliseconds: half of it to one and a half. */
const ORDER_MS: Readonly<Record<"cex" | "dex", number>> = { cex: 60, dex: 200 };

export function startSimulation(options: SimulationOptions): SimulatedBot {
  return new SimulatedArbitrageBot(options);
}

class SimulatedArbitrageBot implements SimulatedBot {
  readonly registry = new Registry();
  readonly #metrics = new ArbitrageMetrics(this.registry);
  readonly #random: () => number;
  readonly #allowed: AskAllowed;
  #livedMs: number;
  #isAnswering = true;
  #unhedgedQuote = 0;
  #orders = 0;

  constructor({ seed, startMs, allowed = () => true }: SimulationOptions) {
    this.#random = seededRandom(seed);
    this.#allowed = allowed;
    this.#livedMs = startMs;
    this.#metrics.recordExposure({ unhedgedQuote: 0 });
  }

  get isAnswering(): boolean {
    return this.#isAnswering;
  }

  step(timeMs: number, faults: ReadonlySet<string>): void {
    this.#isAnswering = !faults.has("bot-down");
    while (this.#livedMs + STEP_MS <= timeMs) {
      this.#livedMs += STEP_MS;
      if (this.#isAnswering) this.#second(faults);
    }
  }

  #second(faults: ReadonlySet<string>): void {
    this.#metrics.recordQuoteAge("cex", faults.has("stale-quotes") ? 15_000 : 20 + this.#random() * 60);
    this.#metrics.recordQuoteAge("dex", 200 + this.#random() * 800);
    this.#metrics.recordLatency("scanner", 1 + this.#random() * 8);
    const grossBps = 4 + this.#random() * 20;
    const netBps = grossBps - 6 - this.#random() * 4;
    this.#metrics.recordSpread({ grossBps, netBps });
    if (this.#unhedgedQuote > 0 && !faults.has("half-filled") && !this.#mayOpen()) this.#closeOpenLeg();
    if (this.#random() >= OPPORTUNITY_CHANCE) return;
    this.#metrics.recordOpportunity({ symbol: "ETHUSDC", spreadGrossBps: grossBps, spreadNetBps: netBps });
    this.#trade(faults);
  }

  /** Where either leg is not allowed, neither is sent. */
  #mayOpen(): boolean {
    return this.#allowed("open", { venue: "cex" }) && this.#allowed("open", { venue: "dex" });
  }

  /** What one leg left open while nothing new may be opened. */
  #closeOpenLeg(): void {
    if (!this.#allowed("close", { venue: "cex" })) return;
    this.#order("cex", "filled", this.#unhedgedQuote, new Set());
    this.#unhedgedQuote = 0;
    this.#metrics.recordExposure({ unhedgedQuote: 0 });
  }

  #trade(faults: ReadonlySet<string>): void {
    if (!this.#mayOpen()) return;
    const quote = LEG_QUOTE[0] + this.#random() * (LEG_QUOTE[1] - LEG_QUOTE[0]);
    const isRejected = faults.has("rejected-orders");
    this.#order("cex", isRejected ? "rejected" : "filled", quote, faults);
    if (isRejected) return; // the second leg waits for the first
    if (faults.has("half-filled")) {
      this.#unhedgedQuote += quote;
    } else {
      this.#order("dex", "filled", quote, faults);
      this.#unhedgedQuote = 0;
    }
    this.#metrics.recordExposure({ unhedgedQuote: this.#unhedgedQuote });
  }

  #order(venue: Venue & keyof typeof ORDER_MS, status: OrderStatus, quote: number, faults: ReadonlySet<string>): void {
    const slow = venue === "dex" && faults.has("slow-venue") ? 10 : 1;
    const latency = ORDER_MS[venue] * (0.5 + this.#random()) * slow;
    this.#orders += 1;
    const volumeQuote = status === "filled" ? quote : 0;
    this.#metrics.recordOrder({ status, orderId: `sim-${this.#orders}`, volumeQuote, latency }, venue);
  }
}
