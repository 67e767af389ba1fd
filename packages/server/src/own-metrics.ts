/** What Haltwatch tells of itself on `/metrics`. */
import { collectProcessMetrics, type Gauge, Registry } from "@haltwatch/bot";
import type { ChannelCounts, ChannelHealth } from "@haltwatch/notify";
import { SYSTEM_METRICS } from "@haltwatch/packs";
import type { Store } from "@haltwatch/store";
import type { GroupRun } from "./rules/group-loop.ts";

export interface OwnMetricsSources {
  readonly store: Store;
  readonly version: string;
  readonly targets: () => { readonly up: number; readonly down: number };
  readonly alerts: () => { readonly pending: number; readonly firing: number };
  readonly channels: () => readonly ChannelHealth[];
}

/** What can become of a message. */
const OUTCOMES = [
  "delivered",
  "failed",
  "refused",
  "folded",
  "expired",
] as const satisfies readonly (keyof ChannelCounts)[];

/** Those without labels. */
type PlainGauge =
  | "series"
  | "fileBytes"
  | "fileFreeBytes"
  | "cachedBytes"
  | "targetsUp"
  | "targetsDown"
  | "alertsPending"
  | "alertsFiring";

export class OwnMetrics implements Disposable {
  readonly registry = new Registry();
  readonly #evaluations = this.registry.histogram(SYSTEM_METRICS.evaluationSeconds);
  readonly #failures = this.registry.counter(SYSTEM_METRICS.evaluationFailures);
  readonly #missed = this.registry.counter(SYSTEM_METRICS.evaluationsMissed);
  readonly #commitFailures = this.registry.counter(SYSTEM_METRICS.commitFailures);
  readonly #reloaded = this.registry.gauge(SYSTEM_METRICS.configReloaded);
  readonly #stopProcessMetrics = collectProcessMetrics(this.registry);

  constructor({ store, version, targets, alerts, channels }: OwnMetricsSources) {
    const { registry } = this;
    registry.gauge(SYSTEM_METRICS.build).labels({ version }).set(1);
    const gauge = (definition: (typeof SYSTEM_METRICS)[PlainGauge], value: () => number): void => {
      const made: Gauge = registry.gauge({ ...definition, collect: () => made.set(value()) });
    };
    gauge(SYSTEM_METRICS.series, () => store.stats().series);
    gauge(SYSTEM_METRICS.fileBytes, () => store.stats().usedBytes);
    gauge(SYSTEM_METRICS.fileFreeBytes, () => store.stats().freeBytes);
    gauge(SYSTEM_METRICS.cachedBytes, () => store.stats().cachedBytes);
    gauge(SYSTEM_METRICS.targetsUp, () => targets().up);
    gauge(SYSTEM_METRICS.targetsDown, () => targets().down);
    gauge(SYSTEM_METRICS.alertsPending, () => alerts().pending);
    gauge(SYSTEM_METRICS.alertsFiring, () => alerts().firing);
    this.#addChannels(channels);
  }

  #addChannels(channels: OwnMetricsSources["channels"]): void {
    const { registry } = this;
    const ofEach = (
      definition: (typeof SYSTEM_METRICS)["channelUp" | "waiting" | "deadLetters"],
      value: (health: ChannelHealth) => number,
    ): void => {
      const made: Gauge<"receiver" | "channel"> = registry.gauge({
        ...definition,
        collect: () => {
          made.reset();
          for (const health of channels()) made.labels(health.receiver, health.channel).set(value(health));
        },
      });
    };
    ofEach(SYSTEM_METRICS.channelUp, ({ isDown }) => (isDown ? 0 : 1));
    ofEach(SYSTEM_METRICS.waiting, ({ waiting }) => waiting);
    ofEach(SYSTEM_METRICS.deadLetters, ({ dead }) => dead);
    const told = new Map<string, number>();
    const notifications = registry.counter({
      ...SYSTEM_METRICS.notifications,
      collect: () => {
        for (const { receiver, channel, counts } of channels()) {
          for (const outcome of OUTCOMES) {
            const key = JSON.stringify([receiver, channel, outcome]);
            const more = counts[outcome] - (told.get(key) ?? 0);
            told.set(key, counts[outcome]);
            notifications.labels(receiver, channel, outcome).inc(more);
          }
        }
      },
    });
  }

  evaluated({ group, durationMs, missed }: GroupRun): void {
    this.#evaluations.observe(durationMs / 1000);
    if (missed > 0) this.#missed.inc(missed);
    for (const { health } of group.rules) if (health.kind === "err") this.#failures.inc();
  }

  commitFailed(): void {
    this.#commitFailures.inc();
  }

  configApplied(): void {
    this.#reloaded.set(1);
  }

  configRefused(): void {
    this.#reloaded.set(0);
  }

  [Symbol.dispose](): void {
    this.#stopProcessMetrics();
  }
}
