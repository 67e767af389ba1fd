/**
 * Turns a bot's own state objects into series. The bot hands over plain objects; they are read on a timer, never on the
 * order path, and shown exactly as they are.
 *
 * A snapshot that cannot be had takes its series away until the next one that can: a balance from an hour ago must not
 * look like the balance now.
 */

import type { MetricDefinition } from "../definitions.ts";
import { errorLine, MetricError } from "../errors.ts";
import type { Counter } from "../instruments/counter.ts";
import type { Gauge } from "../instruments/gauge.ts";
import type { Registry } from "../registry/registry.ts";
import { within } from "../registry/within.ts";
import { TRADING_METRICS } from "./metrics.ts";

/** How often snapshots are taken unless said otherwise, milliseconds. */
const DEFAULT_SNAPSHOT_INTERVAL_MS = 1000;

/** How long the bot may take to give one, milliseconds. */
const SNAPSHOT_TIMEOUT_MS = 5000;

/** The account as the bot sees it. What a bot does not know it leaves out: its series is then absent, not zero. */
export interface BotMetrics {
  readonly balanceUsd?: number | undefined;
  readonly realizedPnlUsd?: number | undefined;
  readonly unrealizedPnlUsd?: number | undefined;
  /** From 0 to 1. */
  readonly winRate?: number | undefined;
  /** How many closed trades the win rate is taken over. */
  readonly closedTrades?: number | undefined;
  readonly openPositions?: number | undefined;
  /** What all open positions are worth together, long and short alike as positive numbers. */
  readonly exposureUsd?: number | undefined;
}

/** The bot's own view of its risk. */
export interface RiskMetrics {
  /** Fall from the peak now, from 0 to 1. */
  readonly drawdown?: number | undefined;
  /** Largest fall from the peak so far, from 0 to 1. */
  readonly maxDrawdown?: number | undefined;
  /** Since the trading day began, closed and open positions together. */
  readonly dailyPnlUsd?: number | undefined;
  /** Closed trades in a row that lost money. */
  readonly consecutiveLosses?: number | undefined;
  /** By name: true while open, which is while it stops trading. */
  readonly circuitBreakers?: Readonly<Record<string, boolean>> | undefined;
}

export interface SnapshotExportOptions {
  readonly bot?: (() => BotMetrics | Promise<BotMetrics>) | undefined;
  readonly risk?: (() => RiskMetrics | Promise<RiskMetrics>) | undefined;
  /** Milliseconds between snapshots (default 1000). */
  readonly intervalMs?: number | undefined;
}

/** A running export. */
export interface SnapshotExport {
  /** Takes both snapshots now; the timer does it by itself. What the bot gives at once is shown before this returns. */
  take(): Promise<void>;
  /** No more snapshots. The series stay as they are. */
  stop(): void;
}

/**
 * Takes snapshots on a timer from now on, and exports them as the `trading_*` metrics.
 *
 * @throws {MetricError} `DUPLICATE_METRIC` where the registry exports snapshots already
 */
export function exportSnapshots(registry: Registry, options: SnapshotExportOptions): SnapshotExport {
  const snapshots = new TradingSnapshots(registry);
  const { bot, risk } = options;
  // As if one had been taken now: a bot that never gives one is as late, a minute from now, as one that has stopped to.
  if (bot !== undefined) snapshots.taken("bot");
  if (risk !== undefined) snapshots.taken("risk");
  const take = async (): Promise<void> => {
    await Promise.all([
      bot === undefined ? undefined : snapshots.take("bot", bot, (snapshot) => snapshots.showBot(snapshot)),
      risk === undefined ? undefined : snapshots.take("risk", risk, (snapshot) => snapshots.showRisk(snapshot)),
    ]);
  };
  let taking = false;
  const timer = setInterval(() => {
    if (taking) return; // one at a time: a slow bot is not asked again before it has answered
    taking = true;
    void take().finally(() => {
      taking = false;
    });
  }, options.intervalMs ?? DEFAULT_SNAPSHOT_INTERVAL_MS);
  timer.unref();
  return { take, stop: () => clearInterval(timer) };
}

type Kind = "bot" | "risk";

type RiskNumber = Exclude<keyof RiskMetrics, "circuitBreakers">;

/** The series of both snapshots, and what is done with one that comes or does not. */
class TradingSnapshots {
  readonly #registry: Registry;
  readonly #bot: Readonly<Record<keyof BotMetrics, Gauge>>;
  readonly #risk: Readonly<Record<RiskNumber, Gauge>>;
  readonly #breakers: Gauge<"name">;
  readonly #time: Gauge<"snapshot">;
  readonly #errors: Counter<"snapshot">;

  constructor(registry: Registry) {
    const absentGauge = (definition: MetricDefinition<never>): Gauge => {
      const gauge = registry.gauge(definition);
      gauge.remove(); // absent until the bot tells its value
      return gauge;
    };
    this.#registry = registry;
    this.#bot = {
      balanceUsd: absentGauge(TRADING_METRICS.balance),
      realizedPnlUsd: absentGauge(TRADING_METRICS.realizedPnl),
      unrealizedPnlUsd: absentGauge(TRADING_METRICS.unrealizedPnl),
      winRate: absentGauge(TRADING_METRICS.winRate),
      closedTrades: absentGauge(TRADING_METRICS.closedTrades),
      openPositions: absentGauge(TRADING_METRICS.openPositions),
      exposureUsd: absentGauge(TRADING_METRICS.exposure),
    };
    this.#risk = {
      drawdown: absentGauge(TRADING_METRICS.drawdown),
      maxDrawdown: absentGauge(TRADING_METRICS.maxDrawdown),
      dailyPnlUsd: absentGauge(TRADING_METRICS.dailyPnl),
      consecutiveLosses: absentGauge(TRADING_METRICS.consecutiveLosses),
    };
    this.#breakers = registry.gauge({ ...TRADING_METRICS.circuitBreaker, aggregation: "max" });
    this.#time = registry.gauge({ ...TRADING_METRICS.snapshotTime, aggregation: "max" });
    this.#errors = registry.counter(TRADING_METRICS.snapshotErrors);
  }

  async take<T extends object>(kind: Kind, give: () => T | Promise<T>, show: (snapshot: T) => void): Promise<void> {
    try {
      const given = give();
      // Shown only if it came in time: one that comes later must not take the place of a newer one.
      show("then" in given ? await within(SNAPSHOT_TIMEOUT_MS, given) : given);
      this.taken(kind);
    } catch (error) {
      this.#errors.labels(kind).inc();
      this.#hide(kind);
      this.#report(kind, error);
    }
  }

  /** A snapshot of this kind is here. */
  taken(kind: Kind): void {
    this.#time.labels(kind).setToCurrentTime();
  }

  showBot(snapshot: BotMetrics): void {
    for (const [key, gauge] of Object.entries(this.#bot)) setOrRemove(gauge, snapshot[key as keyof BotMetrics]); // keys of #bot
  }

  showRisk(snapshot: RiskMetrics): void {
    for (const [key, gauge] of Object.entries(this.#risk)) setOrRemove(gauge, snapshot[key as RiskNumber]); // keys of #risk
    const breakers = snapshot.circuitBreakers ?? {};
    for (const child of this.#breakers.children) {
      const name = child.labelValues[0] ?? "";
      if (!Object.hasOwn(breakers, name)) this.#breakers.remove(name);
    }
    for (const [name, open] of Object.entries(breakers)) this.#breakers.labels(name).set(open ? 1 : 0);
  }

  #hide(kind: Kind): void {
    if (kind === "bot") this.showBot({});
    else this.showRisk({});
  }

  /** Told, never thrown: the bot must not end because of a snapshot, and the timer has no caller to throw to. */
  #report(kind: Kind, error: unknown): void {
    const cause = error instanceof MetricError ? error : undefined;
    const report =
      cause ??
      new MetricError("SNAPSHOT_FAILED", `the bot gave no ${kind} snapshot: ${errorLine(error)}`, {
        metric: TRADING_METRICS.snapshotErrors.name,
        label: "snapshot",
        hint: "Its series are absent until it gives one: see the function passed to exportSnapshots",
        cause: error,
      });
    try {
      this.#registry.mistake(report);
    } catch {
      process.emitWarning(report.oneLine(), "HaltwatchWarning"); // a registry that throws mistakes
    }
  }
}

/** @param value `null`, which JSON has for what is not known, is absent, too */
function setOrRemove(gauge: Gauge, value: number | null | undefined): void {
  if (value === undefined || value === null) gauge.remove();
  else gauge.set(value);
}
