/** The heartbeat and the balance watcher within `haltwatch run`, as the configuration says; when it changes, they follow. */
import type { JsonLog, Registry } from "@haltwatch/bot";
import { SYSTEM_CLOCK } from "@haltwatch/probes";
import { Labels, type Store } from "@haltwatch/store";
import type { Route } from "../api/index.ts";
import type { ServerConfig } from "../config/server-config.ts";
import type { Clock } from "../scrape/clock.ts";
import type { Secrets } from "../secrets/index.ts";
import { BalanceRun, walletQuestions } from "./balance-run.ts";
import { BALANCE_METRICS } from "./balance-series.ts";
import { HeartbeatRun } from "./heartbeat-run.ts";
import { HEARTBEAT_METRICS } from "./heartbeat-series.ts";
import { heartbeatServices } from "./heartbeat-services.ts";
import { heartbeatRoutes, heartbeatView } from "./heartbeat-view.ts";
import { BALANCES_JOB, HEARTBEAT_JOB } from "./probe-jobs.ts";
import { ProbeSamples } from "./probe-samples.ts";

export interface ProbingOptions {
  readonly store: Store;
  readonly secrets: Secrets;
  readonly log: JsonLog;
  readonly clock: Clock;
  /** Label `instance` of what is seen: where Haltwatch is reached. */
  readonly instance: () => string;
  /** Told of each writing: which metrics, when. */
  readonly onSamples: (metrics: ReadonlySet<string>, timeMs: number) => void;
}

interface Running {
  /** What it was started with: nothing else makes it start again. */
  readonly text: string;
  readonly intervalMs: number;
  readonly samples: ProbeSamples;
  readonly stop: () => Promise<void>;
}

export class Probing implements AsyncDisposable {
  readonly #options: ProbingOptions;
  readonly #running = new Map<string, Running>();
  #heartbeat: HeartbeatRun | undefined;
  #changing: Promise<void> = Promise.resolve();

  constructor(options: ProbingOptions) {
    this.#options = options;
  }

  /**
   * Starts and stops what the configuration says differently from before.
   *
   * @throws {SecretError}, {ConfigError}, {ProbeError} for what cannot be started
   */
  apply(config: ServerConfig): Promise<void> {
    this.#changing = this.#changing.catch(() => undefined).then(() => this.#apply(config));
    return this.#changing;
  }

  /** @throws as {@link apply} would, before anything is changed */
  async check({ probes, thresholds }: ServerConfig): Promise<void> {
    const { secrets } = this.#options;
    const { heartbeat, balances } = probes;
    if (isHere(heartbeat)) await heartbeatServices(heartbeat, { thresholds, secrets });
    if (isHere(balances)) walletQuestions({ settings: balances, config: { thresholds }, secrets, clock: SYSTEM_CLOCK });
  }

  /** `GET /api/haltwatch/heartbeat`. */
  routes(config: () => ServerConfig): Route[] {
    return heartbeatRoutes(() =>
      heartbeatView(
        {
          store: this.#options.store,
          configured: config().probes.heartbeat?.services.map(({ name }) => name) ?? [],
          detailOf: (probe) => this.#heartbeat?.detailOf(probe),
        },
        this.#options.clock.now(),
      ),
    );
  }

  /** As those of targets: how often something comes of them. */
  targets(): { readonly labels: Labels; readonly scrapeIntervalMs: number }[] {
    return [...this.#running].map(([job, { intervalMs }]) => ({
      labels: Labels.from({ job, instance: this.#options.instance() }),
      scrapeIntervalMs: intervalMs,
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#changing.catch(() => undefined);
    await Promise.all([...this.#running.values()].map(({ stop }) => stop()));
    this.#running.clear();
  }

  async #apply(config: ServerConfig): Promise<void> {
    const { heartbeat, balances } = config.probes;
    const { secrets, log } = this.#options;
    const { thresholds, settings: botSettings } = config;
    const common = { config, secrets, log, clock: SYSTEM_CLOCK };
    await this.#follow(HEARTBEAT_JOB, {
      settings: isHere(heartbeat) ? { heartbeat, thresholds } : undefined,
      intervalMs: heartbeat?.interval ?? 0,
      metrics: HEARTBEAT_METRICS,
      start: async (onChange) => {
        if (heartbeat === undefined) throw new TypeError("it is only started with settings");
        const run = await HeartbeatRun.start({ ...common, settings: heartbeat, onChange });
        this.#heartbeat = run;
        return { registry: run.series.registry, stop: () => run[Symbol.asyncDispose]() };
      },
    });
    await this.#follow(BALANCES_JOB, {
      settings: isHere(balances)
        ? { balances, prices: [...(balances?.prices ?? [])], thresholds, botSettings }
        : undefined,
      intervalMs: balances?.interval ?? 0,
      metrics: BALANCE_METRICS,
      start: async (onChange) => {
        if (balances === undefined) throw new TypeError("it is only started with settings");
        const run = await BalanceRun.start({ ...common, settings: balances, onChange });
        return { registry: run.series.registry, stop: () => run[Symbol.asyncDispose]() };
      },
    });
  }

  async #follow(job: string, { settings, intervalMs, metrics, start }: Followed): Promise<void> {
    const { store, clock, log, instance, onSamples } = this.#options;
    const text = settings === undefined ? undefined : JSON.stringify(settings);
    const before = this.#running.get(job);
    if (text === before?.text) return;
    this.#running.delete(job);
    await before?.stop();
    if (job === HEARTBEAT_JOB) this.#heartbeat = undefined;
    if (text === undefined) {
      before?.samples.retire();
      return;
    }
    let samples: ProbeSamples | undefined;
    const { registry, stop } = await start(() => samples?.changed());
    let isFirst = true;
    samples = new ProbeSamples({
      ...{ store, registry, clock, log, job, intervalMs, instance: instance() },
      onWritten: (timeMs) => {
        // What is looked at no more ends now, and what goes on has never been gone.
        if (isFirst) before?.samples.retire();
        isFirst = false;
        onSamples(metrics, timeMs);
      },
    });
    this.#running.set(job, {
      ...{ text, intervalMs, samples },
      stop: async () => {
        samples[Symbol.dispose]();
        await stop();
      },
    });
  }
}

function isHere<T extends { readonly run_by: string }>(settings: T | undefined): settings is T {
  return settings?.run_by === "haltwatch";
}

interface Followed {
  /** `undefined`: it does not run here. */
  readonly settings: object | undefined;
  readonly intervalMs: number;
  readonly metrics: ReadonlySet<string>;
  readonly start: (
    onChange: () => void,
  ) => Promise<{ readonly registry: Registry; readonly stop: () => Promise<void> }>;
}
