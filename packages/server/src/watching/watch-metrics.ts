/** What Haltwatch tells of what it watches beside the rules: the system rules go by it. */
import type { Counter, Gauge, Registry } from "@haltwatch/bot";
import type { ApiErrorType } from "../api/index.ts";
import type { MissingData } from "../pausing/no-data-actions.ts";
import type { LinkedBot } from "./linked-bots.ts";
import type { DiskSpace } from "./self-watch.ts";

export interface WatchMetricSources {
  /** The longest since this was asked last, milliseconds. */
  readonly lagMs: () => number;
  readonly clockJumps: () => { readonly count: number; readonly lastMs: number };
  readonly disk: () => DiskSpace | undefined;
  readonly isStoreFailing: () => boolean;
  readonly areLeasesWithheld: () => boolean;
  readonly bots: () => readonly LinkedBot[];
  readonly missing: () => readonly MissingData[];
  readonly ordersAfterPause: () => readonly { readonly bot: string; readonly scope: string; readonly orders: number }[];
}

export class WatchMetrics {
  readonly #refusals: Counter<"reason">;

  constructor(registry: Registry, sources: WatchMetricSources) {
    const gauge = (name: string, help: string, value: () => number | undefined): void => {
      const made: Gauge = registry.gauge({
        name,
        help,
        collect: () => {
          const now = value();
          if (now !== undefined) made.set(now);
        },
      });
    };
    gauge(
      "haltwatch_event_loop_lag_seconds",
      "The longest time for which Haltwatch did nothing, since this was asked last.",
      () => sources.lagMs() / 1000,
    );
    gauge(
      "haltwatch_clock_jumps",
      "How often the machine's clock was set, since the start.",
      () => sources.clockJumps().count,
    );
    gauge(
      "haltwatch_clock_jump_seconds",
      "How far the machine's clock was set the last time; negative: back.",
      () => sources.clockJumps().lastMs / 1000,
    );
    gauge("haltwatch_disk_free_bytes", "Space left on the disk of the store.", () => sources.disk()?.freeBytes);
    gauge("haltwatch_disk_size_bytes", "Size of the disk of the store.", () => sources.disk()?.sizeBytes);
    gauge("haltwatch_store_failing", "1 while the store cannot write its file.", () =>
      sources.isStoreFailing() ? 1 : 0,
    );
    gauge("haltwatch_leases_withheld", "1 while no bot is given a lease, so that all stop trading.", () =>
      sources.areLeasesWithheld() ? 1 : 0,
    );
    const bots: Gauge<"bot" | "instance"> = registry.gauge({
      name: "haltwatch_bot_linked",
      help: "1 while the bot is linked, 0 when it is gone without goodbye.",
      labelNames: ["bot", "instance"],
      collect: () => {
        bots.reset();
        for (const { bot, instance, isLinked } of sources.bots()) bots.labels(bot, instance).set(isLinked ? 1 : 0);
      },
    });
    const missing: Gauge<"rule" | "source"> = registry.gauge({
      name: "haltwatch_rule_without_data",
      help: "1 while data of a pause rule are missing, by rule and source: its policy for that has acted.",
      labelNames: ["rule", "source"],
      collect: () => {
        missing.reset();
        for (const { rule, source } of sources.missing()) missing.labels(rule, source).set(1);
      },
    });
    const orders: Gauge<"bot" | "scope"> = registry.gauge({
      name: "haltwatch_trading_after_pause_orders",
      help: "Orders that a bot has recorded since it acknowledged a pause; gone when it is armed.",
      labelNames: ["bot", "scope"],
      collect: () => {
        orders.reset();
        for (const one of sources.ordersAfterPause()) orders.labels(one.bot, one.scope).set(one.orders);
      },
    });
    this.#refusals = registry.counter({
      name: "haltwatch_requests_refused_total",
      help: "Requests to change something that were refused, and requests without a right token, by reason.",
      labelNames: ["reason"],
      knownValues: { reason: ["unauthorized", "forbidden", "bad_data", "too_large"] satisfies ApiErrorType[] },
    });
  }

  refused(reason: ApiErrorType): void {
    this.#refusals.labels(reason).inc();
  }
}
