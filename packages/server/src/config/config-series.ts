/**
 * The configuration as series: each threshold, what is known of it, the bots' settings, the hash of the whole. They are in the store,
 * where rules read them, and on `/metrics`, where a real Prometheus does. Written when they change, and so often in between that no
 * query finds them gone.
 */
import { type Gauge, Registry } from "@haltwatch/bot";
import { SYSTEM_METRICS } from "@haltwatch/packs";
import { Labels, METRIC_NAME, type Store } from "@haltwatch/store";
import type { Clock } from "../scrape/clock.ts";
import type { ServerConfig } from "./server-config.ts";

/** Time between two writings of what has not changed, milliseconds. Queries look back five minutes. */
const INTERVAL_MS = 15_000;

const { threshold, thresholdInfo, settingInfo, configInfo, configChanged } = SYSTEM_METRICS;

const FAMILIES = [threshold, thresholdInfo, settingInfo, configInfo, configChanged] as const;

type Family = (typeof FAMILIES)[number]["name"];

export type ConfigFacts = Pick<ServerConfig, "thresholds" | "settings" | "hash">;

interface ConfigSample {
  readonly family: Family;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ConfigSeriesOptions {
  readonly store: Pick<Store, "series" | "append" | "appendStale" | "setMetadata">;
  readonly clock: Clock;
  /** Told after each writing of something that has changed: which metrics, when. */
  readonly onChange: (metrics: ReadonlySet<string>, timeMs: number) => void;
}

export class ConfigSeries implements Disposable {
  /** What `/metrics` shows of it. Not among Haltwatch's own metrics: those go into the store, where these are already. */
  readonly registry = new Registry();
  readonly #options: ConfigSeriesOptions;
  readonly #gauges: ReadonlyMap<Family, Gauge<string>>;
  /** By labels. */
  #current = new Map<string, { readonly labels: Labels; readonly value: number }>();
  #writtenMs = Number.NEGATIVE_INFINITY;
  #hash: string | undefined;
  /** Since when it is this hash. */
  #changedMs = 0;
  #cancel: (() => void) | undefined;

  constructor(options: ConfigSeriesOptions) {
    this.#options = options;
    this.#gauges = new Map(FAMILIES.map((family) => [family.name, this.registry.gauge<string>(family)]));
    for (const { name, help } of FAMILIES) options.store.setMetadata(name, { type: "gauge", help, unit: "" });
  }

  /** From now on these hold. */
  set(config: ConfigFacts): void {
    if (config.hash !== this.#hash) {
      this.#hash = config.hash;
      this.#changedMs = this.#options.clock.now();
    }
    const samples = samplesOf(config, this.#changedMs);
    for (const gauge of this.#gauges.values()) gauge.reset();
    for (const { family, labels, value } of samples) this.#gauges.get(family)?.labels(labels).set(value);
    const before = this.#current;
    this.#current = new Map(
      samples.map(({ family, labels, value }) => {
        const whole = Labels.from({ ...labels, [METRIC_NAME]: family });
        return [whole.key, { labels: whole, value }];
      }),
    );
    const ended = [...before].filter(([key]) => !this.#current.has(key)).map(([, { labels }]) => labels);
    this.#write(ended);
    this.#options.onChange(new Set(this.#gauges.keys()), this.#writtenMs);
  }

  /** Writes no more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  #write(ended: readonly Labels[]): void {
    const { store, clock } = this.#options;
    this.#cancel?.();
    // A second change within a millisecond must not be taken for the same sample.
    this.#writtenMs = Math.max(clock.now(), this.#writtenMs + 1);
    for (const labels of ended) store.appendStale(store.series(labels), this.#writtenMs);
    for (const { labels, value } of this.#current.values()) store.append(store.series(labels), this.#writtenMs, value);
    this.#cancel = clock.after(INTERVAL_MS, () => this.#write([]));
  }
}

function samplesOf({ thresholds, settings, hash }: ConfigFacts, changedMs: number): ConfigSample[] {
  return [
    ...thresholds.flatMap(({ name, value, unit, origin }): ConfigSample[] => [
      { family: threshold.name, labels: { name }, value },
      { family: thresholdInfo.name, labels: { name, unit, source: origin.where }, value: 1 },
    ]),
    ...settings.map(
      ({ name, value, origin }): ConfigSample => ({
        family: settingInfo.name,
        labels: { name, value, source: origin.where },
        value: 1,
      }),
    ),
    { family: configInfo.name, labels: { hash }, value: 1 },
    { family: configChanged.name, labels: {}, value: changedMs / 1000 },
  ];
}
