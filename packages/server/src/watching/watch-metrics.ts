/** What Haltwatch tells of what it watches beside the rules: the system rules go by it. */
import type { Counter, Gauge, Registry } from "@haltwatch/bot";
import { SYSTEM_METRICS } from "@haltwatch/packs";
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

type PlainGauge =
  | "eventLoopLag"
  | "clockJumps"
  | "clockJumpSeconds"
  | "diskFreeBytes"
  | "diskSizeBytes"
  | "storeFailing"
  | "leasesWithheld";

export class WatchMetrics {
  readonly #refusals: Counter<"reason">;

  constructor(registry: Registry, sources: WatchMetricSources) {
    const gauge = (definition: (typeof SYSTEM_METRICS)[PlainGauge], value: () => number | undefined): void => {
      const made: Gauge = registry.gauge({
        ...definition,
        collect: () => {
          const now = value();
          if (now !== undefined) made.set(now);
        },
      });
    };
    gauge(SYSTEM_METRICS.eventLoopLag, () => sources.lagMs() / 1000);
    gauge(SYSTEM_METRICS.clockJumps, () => sources.clockJumps().count);
    gauge(SYSTEM_METRICS.clockJumpSeconds, () => sources.clockJumps().lastMs / 1000);
    gauge(SYSTEM_METRICS.diskFreeBytes, () => sources.disk()?.freeBytes);
    gauge(SYSTEM_METRICS.diskSizeBytes, () => sources.disk()?.sizeBytes);
    gauge(SYSTEM_METRICS.storeFailing, () => (sources.isStoreFailing() ? 1 : 0));
    gauge(SYSTEM_METRICS.leasesWithheld, () => (sources.areLeasesWithheld() ? 1 : 0));
    const bots: Gauge<"bot" | "instance"> = registry.gauge({
      ...SYSTEM_METRICS.botLinked,
      collect: () => {
        bots.reset();
        for (const { bot, instance, isLinked } of sources.bots()) bots.labels(bot, instance).set(isLinked ? 1 : 0);
      },
    });
    const missing: Gauge<"rule" | "source"> = registry.gauge({
      ...SYSTEM_METRICS.ruleWithoutData,
      collect: () => {
        missing.reset();
        for (const { rule, source } of sources.missing()) missing.labels(rule, source).set(1);
      },
    });
    const orders: Gauge<"bot" | "scope"> = registry.gauge({
      ...SYSTEM_METRICS.ordersAfterPause,
      collect: () => {
        orders.reset();
        for (const one of sources.ordersAfterPause()) orders.labels(one.bot, one.scope).set(one.orders);
      },
    });
    this.#refusals = registry.counter({
      ...SYSTEM_METRICS.requestsRefused,
      knownValues: { reason: ["unauthorized", "forbidden", "bad_data", "too_large"] satisfies ApiErrorType[] },
    });
  }

  refused(reason: ApiErrorType): void {
    this.#refusals.labels(reason).inc();
  }
}
