/**
 * Looks whether whoever has acknowledged a pause keeps to it: counters of orders must not rise from then on. What rises is
 * told at once, as the loudest alert there is.
 */
import { type Pause, printScope, type TradingAfterPause, VerifiedPauses } from "@haltwatch/guard";
import { METRIC_NAME, type Series, type Store } from "@haltwatch/store";

/** Counters of orders and trades of the bot library, and of bots that name theirs alike. */
export const ORDER_COUNTERS: readonly string[] = [
  "orders_total",
  "trades_total",
  "trading_orders_total",
  "bets_placed_total",
];

/** Most series of a bot's that are looked at. */
const MAX_SERIES = 1_000;

export interface TradingAfterPauseOptions {
  readonly store: Store;
  /** Names of metrics. */
  readonly counters: readonly string[];
  /** So long after the acknowledgement orders may be recorded that were under way, milliseconds. */
  readonly graceMs: number;
  readonly onTrading: (found: TradingAfterPause) => void;
}

interface Counted {
  readonly value: number;
  /** Of the sample that said so. */
  readonly timeMs: number;
}

export class PauseVerification {
  readonly #options: TradingAfterPauseOptions;
  readonly #verified: VerifiedPauses;
  readonly #counters: ReadonlySet<string>;
  /** Bots that have acknowledged a pause which is in force: by pause. */
  readonly #pauses = new Map<number, { readonly pause: Pause; readonly bots: Set<string> }>();
  readonly #counted = new WeakMap<Series, Counted>();
  /** Orders since the acknowledgement, by bot and scope. */
  readonly #orders = new Map<string, { readonly bot: string; readonly scope: string; orders: number }>();

  constructor(options: TradingAfterPauseOptions) {
    this.#options = options;
    this.#counters = new Set(options.counters);
    this.#verified = new VerifiedPauses({ graceMs: options.graceMs });
  }

  /** Names of what has to be sent at once now: nothing while nobody is paused. */
  get watched(): Iterable<string> {
    return this.#pauses.size === 0 ? [] : this.#counters;
  }

  /** Who traded on, and how many orders it was in all. */
  get orders(): readonly { readonly bot: string; readonly scope: string; readonly orders: number }[] {
    return [...this.#orders.values()];
  }

  /** @param timeMs by the clock of the bot's samples, Unix milliseconds */
  acknowledged(bot: string, pause: Pause, timeMs: number): void {
    this.#lookAt(bot); // how the counters stand: what they rise by until the next sample may have been under way
    this.#verified.acknowledged(bot, pause, timeMs);
    const known = this.#pauses.get(pause.epoch) ?? { pause, bots: new Set() };
    known.bots.add(bot);
    this.#pauses.set(pause.epoch, known);
  }

  /** To be called before the bot is told. */
  armed(pauses: readonly Pause[]): void {
    this.#verified.armed(pauses.map(({ epoch }) => epoch));
    for (const { epoch } of pauses) this.#pauses.delete(epoch);
    const left = new Set([...this.#pauses.values()].map(({ pause }) => printScope(pause.scope)));
    for (const [key, { scope }] of this.#orders) if (!left.has(scope)) this.#orders.delete(key);
  }

  /** @param metrics that have new samples; any, if it is not said */
  look(metrics?: ReadonlySet<string>): void {
    if (this.#pauses.size === 0) return;
    if (metrics !== undefined && ![...metrics].some((name) => this.#counters.has(name))) return;
    const bots = new Set([...this.#pauses.values()].flatMap((one) => [...one.bots]));
    for (const bot of bots) this.#lookAt(bot);
  }

  #lookAt(bot: string): void {
    for (const series of this.#seriesOf(bot)) {
      const { lastMs, lastValue, isStale, labels } = series;
      const before = this.#counted.get(series);
      if (isStale || Number.isNaN(lastValue) || lastMs === before?.timeMs) continue;
      this.#counted.set(series, { value: lastValue, timeMs: lastMs });
      // The first that is seen of a series says nothing: a count begins with a zero.
      if (before === undefined) continue;
      const count = lastValue >= before.value ? lastValue - before.value : lastValue;
      const intent = labels.get("intent");
      const found = this.#verified.seen({
        bot,
        venue: labels.get("venue") || undefined,
        strategy: labels.get("strategy") || undefined,
        // Without a word on it an order may be a closing one, which REDUCING allows.
        intent: intent === "open" ? "open" : undefined,
        count,
        fromMs: before.timeMs,
        toMs: lastMs,
      });
      for (const one of found) this.#tell(one);
    }
  }

  #tell(found: TradingAfterPause): void {
    const scope = printScope(found.pause.scope);
    const key = JSON.stringify([found.bot, scope]);
    const known = this.#orders.get(key) ?? { bot: found.bot, scope, orders: 0 };
    known.orders = Math.max(known.orders, found.orders);
    this.#orders.set(key, known);
    this.#options.onTrading(found);
  }

  #seriesOf(bot: string): Series[] {
    const { store } = this.#options;
    return [...this.#counters]
      .flatMap((counter) =>
        store.seriesLabels([
          { name: METRIC_NAME, operator: "=", value: counter },
          { name: "bot", operator: "=", value: bot },
        ]),
      )
      .slice(0, MAX_SERIES)
      .map((labels) => store.series(labels));
  }
}
