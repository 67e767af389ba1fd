/**
 * Records what happens on the way of an order, for the limits that a trading system has to keep there: order and message
 * rate, repeated executions, price collars. A few nanoseconds a call, never an exception into an order once the registry was
 * told to report mistakes instead of throwing them.
 */
import { type Duration, durationMs } from "../duration.ts";
import { shown } from "../errors.ts";
import type { Intent } from "../guard/pause.ts";
import type { Counter } from "../instruments/counter.ts";
import type { Gauge, GaugeChild } from "../instruments/gauge.ts";
import type { Histogram } from "../instruments/histogram.ts";
import { badRecord } from "../registry/bad-record.ts";
import type { Registry } from "../registry/registry.ts";
import { TRADING_ORDER_METRICS } from "./metrics.ts";

/** An order that goes out. */
export interface OrderSent {
  readonly venue: string;
  readonly strategy: string;
  /** Whether it opens a position, or closes one: a pause may let through what closes. */
  readonly intent: Intent;
  /** From the market data that caused it to now. */
  readonly tickToOrder?: Duration | undefined;
}

/** What came back, or that nothing did. */
export interface OrderAnswer {
  readonly venue: string;
  readonly status: "accepted" | "rejected" | "unanswered";
  /** From its sending to the answer. */
  readonly latency?: Duration | undefined;
}

/** An order that traded, wholly or in part. */
export interface Execution {
  readonly venue: string;
  readonly strategy: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  /** How much worse than quoted, basis points; negative if better. */
  readonly slippageBps?: number | undefined;
}

/** Executions of a strategy to one side of a symbol, one after the other. */
interface Run {
  side: Execution["side"];
  readonly length: GaugeChild;
}

/** Runs that are followed at once: a bot that makes up symbols must not fill the memory. What is beyond is not followed. */
const RUNS_MAX = 1000;

const MESSAGE_KINDS = ["new", "cancel", "amend"] as const;

export class TradingOrders {
  readonly #registry: Registry;
  readonly #orders: Counter<"venue" | "strategy" | "intent">;
  readonly #failed: Counter<"venue">;
  readonly #messages: Counter<"venue" | "kind">;
  readonly #acknowledged: Histogram<"venue">;
  readonly #tickToOrder: Histogram;
  readonly #slippage: Histogram<"venue">;
  readonly #repeated: Gauge<"strategy" | "symbol">;
  readonly #collarBreaches: Counter<"venue">;
  readonly #headroom: Gauge<"venue">;
  /** By strategy, then symbol. */
  readonly #runs = new Map<string, Map<string, Run>>();
  #runCount = 0;

  /** @throws {MetricError} where the registry has metrics of these names already */
  constructor(registry: Registry) {
    this.#registry = registry;
    this.#orders = registry.counter(TRADING_ORDER_METRICS.orders);
    this.#failed = registry.counter(TRADING_ORDER_METRICS.ordersFailed);
    this.#messages = registry.counter(TRADING_ORDER_METRICS.messages);
    this.#acknowledged = registry.histogram(TRADING_ORDER_METRICS.acknowledged);
    this.#tickToOrder = registry.histogram(TRADING_ORDER_METRICS.tickToOrder);
    this.#slippage = registry.histogram(TRADING_ORDER_METRICS.slippage);
    this.#repeated = registry.gauge({ ...TRADING_ORDER_METRICS.repeatedExecutions, aggregation: "max" });
    this.#collarBreaches = registry.counter(TRADING_ORDER_METRICS.collarBreaches);
    this.#headroom = registry.gauge({ ...TRADING_ORDER_METRICS.rateLimitHeadroom, aggregation: "min" });
  }

  /** Makes a venue's series at zero, so that its first failure and its first breach are seen as a rise. */
  announceVenue(venue: string): void {
    this.#guarded("announceVenue", () => {
      this.#failed.labels(venue);
      this.#collarBreaches.labels(venue);
      this.#acknowledged.labels(venue);
      for (const kind of MESSAGE_KINDS) this.#messages.labels(venue, kind);
    });
  }

  /** An order goes out: call it when it is sent, so that none is missed that the venue never answers. */
  recordOrder(order: OrderSent): void {
    this.#guarded("recordOrder", () => {
      this.#orders.labels(order.venue, order.strategy, order.intent).inc();
      this.#messages.labels(order.venue, "new").inc();
      if (order.tickToOrder !== undefined) this.#tickToOrder.observe(positiveMs(order.tickToOrder));
    });
  }

  /** The venue has answered, or it is clear that it does not. */
  recordAnswer(answer: OrderAnswer): void {
    this.#guarded("recordAnswer", () => {
      if (answer.status !== "accepted") this.#failed.labels(answer.venue).inc();
      if (answer.latency !== undefined) this.#acknowledged.labels(answer.venue).observe(positiveMs(answer.latency));
    });
  }

  /** A message about an order that exists already. */
  recordMessage(venue: string, kind: "cancel" | "amend"): void {
    this.#guarded("recordMessage", () => this.#messages.labels(venue, kind).inc());
  }

  /** An order has traded. */
  recordExecution(execution: Execution): void {
    this.#guarded("recordExecution", () => {
      const run = this.#runOf(execution);
      if (run !== undefined) {
        if (run.side === execution.side) run.length.inc();
        else run.length.set(1);
        run.side = execution.side;
      }
      if (execution.slippageBps !== undefined)
        this.#slippage.labels(execution.venue).observe(Math.max(0, execution.slippageBps));
    });
  }

  /** A person has looked at what a strategy repeats: its runs begin anew. */
  clearRepeatedExecutions(strategy: string): void {
    for (const { length } of this.#runs.get(strategy)?.values() ?? []) length.set(0);
  }

  /** An order was held back because its price was too far from the market. */
  recordCollarBreach(venue: string): void {
    this.#guarded("recordCollarBreach", () => this.#collarBreaches.labels(venue).inc());
  }

  /** @param headroomRatio share of the venue's rate limit that is left, from 0 to 1 */
  recordRateLimit(venue: string, headroomRatio: number): void {
    this.#guarded("recordRateLimit", () => this.#headroom.labels(venue).set(headroomRatio));
  }

  #runOf({ strategy, symbol, side }: Execution): Run | undefined {
    let runs = this.#runs.get(strategy);
    let run = runs?.get(symbol);
    if (run !== undefined || this.#runCount >= RUNS_MAX) return run;
    run = { side, length: this.#repeated.labels(strategy, symbol) };
    if (runs === undefined) {
      runs = new Map();
      this.#runs.set(strategy, runs);
    }
    runs.set(symbol, run);
    this.#runCount += 1;
    return run;
  }

  /** Whatever a recording call is given, it must not throw into an order: what it was given wrongly is a mistake. */
  #guarded(call: string, record: () => void): void {
    try {
      record();
    } catch (error) {
      this.#registry.mistake(badRecord(call, error, "Give an object with the fields that its type names"));
    }
  }
}

/** @throws {TypeError} for what is no duration */
function positiveMs(duration: Duration): number {
  const ms = durationMs(duration);
  if (ms >= 0) return ms;
  throw new TypeError(`its duration is ${shown(ms)} ms`);
}
