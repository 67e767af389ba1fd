/** Scrapes what a configuration says, and goes on from one configuration to the next. Source: Prometheus 3, scrape/manager.go. */
import { isDeepStrictEqual } from "node:util";
import type { Store } from "@haltwatch/store";
import { Secrets } from "../secrets/index.ts";
import { BodyBuffers } from "./body-buffers.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";
import { type Fetch, httpFetch } from "./fetch-body.ts";
import type { ScrapeJob } from "./scrape-job.ts";
import { type ActiveTarget, type DroppedTarget, ScrapePool, type ScrapePoolSurroundings } from "./scrape-pool.ts";
import { TargetDiscovery } from "./target-discovery.ts";
import { SYSTEM_FILES, type TargetFiles } from "./target-files.ts";

export interface ScrapeManagerOptions {
  readonly store: Store;
  /** Where credentials are read (default: from this process's environment). */
  readonly secrets?: Secrets;
  /** Spreads the scrapes of several servers with the same targets: any text that differs from one to the other. */
  readonly seed?: string;
  /** Told what is wrong with targets and files of targets; scraping goes on without them. */
  readonly onWarning?: (warning: string) => void;
  readonly clock?: Clock;
  readonly fetch?: Fetch;
  readonly files?: TargetFiles;
}

/** What `/api/v1/targets` tells. */
export interface ScrapeTargets {
  readonly active: readonly ActiveTarget[];
  readonly dropped: readonly DroppedTarget[];
  /** How many were dropped, by job: `keep_dropped_targets` may leave fewer in {@link dropped}. */
  readonly droppedCounts: Readonly<Record<string, number>>;
}

interface Running {
  readonly pool: ScrapePool;
  readonly discovery: TargetDiscovery;
}

/**
 * @example
 * ```ts
 * const { scrapeConfigs } = readPrometheusYml(text, "prometheus.yml");
 * await using manager = new ScrapeManager({ store });
 * await manager.apply(scrapeConfigs);
 * ```
 */
export class ScrapeManager implements AsyncDisposable {
  readonly #around: ScrapePoolSurroundings;
  readonly #files: TargetFiles;
  #running = new Map<string, Running>();
  /** Pools of former configurations, as long as they have targets to mark as gone. */
  #former: ScrapePool[] = [];
  /** One configuration is applied after the other. */
  #applying: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: ScrapeManagerOptions) {
    this.#around = {
      store: options.store,
      clock: options.clock ?? SYSTEM_CLOCK,
      fetch: options.fetch ?? httpFetch(new BodyBuffers()),
      secrets: options.secrets ?? new Secrets({ env: process.env }),
      seed: options.seed ?? "",
      warn: options.onWarning ?? (() => undefined),
    };
    this.#files = options.files ?? SYSTEM_FILES;
  }

  /**
   * Scrapes these jobs from now on, and no others. What did not change goes on as it was, each target in its place in the interval.
   *
   * @param jobs with names of their own, as {@link readPrometheusYml} gives them
   * @returns once files of targets have been read for the first time
   */
  apply(jobs: readonly ScrapeJob[]): Promise<void> {
    const applied = this.#applying.then(() => this.#apply(jobs));
    this.#applying = applied.catch(() => undefined);
    return applied;
  }

  /** Each target that is scraped, with how its last scrape went; and those that relabelling dropped. */
  targets(): ScrapeTargets {
    const pools = [...this.#running.values()].map(({ pool }) => pool);
    return {
      active: pools.flatMap((pool) => pool.active()),
      dropped: pools.flatMap((pool) => pool.dropped),
      droppedCounts: Object.fromEntries(pools.map((pool) => [pool.job.job_name, pool.droppedCount])),
    };
  }

  /** Ends all scraping at once. Nothing is left running, and nothing is marked stale: after a restart it goes on. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#applying;
    const running = [...this.#running.values()];
    for (const { discovery } of running) discovery.stop();
    await Promise.all([...running.map(({ pool }) => pool), ...this.#former].map((pool) => pool.stop()));
    this.#running.clear();
    this.#former = [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #apply(jobs: readonly ScrapeJob[]): Promise<void> {
    if (this.#isStopped) return;
    this.#former = this.#former.filter((pool) => !pool.isIdle);
    const before = this.#running;
    const kept = new Set<Running>();
    this.#running = new Map();
    const starting: Promise<void>[] = [];
    for (const job of jobs) {
      const running = before.get(job.job_name);
      if (running !== undefined && isDeepStrictEqual(running.pool.job, job)) {
        this.#running.set(job.job_name, running);
        kept.add(running);
      } else starting.push(this.#start(job, running));
    }
    for (const [name, running] of before) {
      if (kept.has(running)) continue;
      running.discovery.stop();
      if (this.#running.has(name)) continue;
      running.pool.retire();
      this.#former.push(running.pool);
    }
    await Promise.all(starting);
  }

  /** Starts a job; the targets of its former configuration go on until those of the new one are found. */
  async #start(job: ScrapeJob, former: Running | undefined): Promise<void> {
    const pool = new ScrapePool(job, this.#around);
    let before = former?.pool;
    if (before !== undefined) this.#former.push(before);
    const discovery = new TargetDiscovery({
      job,
      files: this.#files,
      clock: this.#around.clock,
      warn: this.#around.warn,
      found: (groups) => {
        if (this.#isStopped) return;
        pool.sync(groups, before);
        before = undefined;
      },
    });
    this.#running.set(job.job_name, { pool, discovery });
    await discovery.start();
  }
}
