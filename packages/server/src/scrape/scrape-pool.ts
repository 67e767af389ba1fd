/** The targets of one job: which there are, and the loops that scrape them. Source: Prometheus 3, scrape/scrape.go (`scrapePool`). */
import { isDeepStrictEqual } from "node:util";
import type { Labels, Store } from "@haltwatch/store";
import type { Secrets } from "../secrets/index.ts";
import type { Clock } from "./clock.ts";
import type { Fetch } from "./fetch-body.ts";
import { HttpClient } from "./http-client.ts";
import { Relabelling } from "./relabel.ts";
import type { TargetGroup } from "./scrape-config.ts";
import { ScrapeError } from "./scrape-error.ts";
import type { ScrapeJob } from "./scrape-job.ts";
import { ScrapeLoop, type ScrapeStatus } from "./scrape-loop.ts";
import { discover, type Target } from "./target.ts";
import { TargetSamples } from "./target-samples.ts";

/** What all pools of a manager share. */
export interface ScrapePoolSurroundings {
  readonly store: Store;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly secrets: Secrets;
  readonly seed: string;
  readonly warn: (warning: string) => void;
}

/** A target that is scraped, and how its last scrape went. */
export interface ActiveTarget extends ScrapeStatus {
  /** The job's name. */
  readonly scrapePool: string;
  readonly discoveredLabels: Labels;
  readonly labels: Labels;
  readonly scrapeUrl: string;
  /** As others on the network reach it. */
  readonly globalUrl: string;
  readonly scrapeIntervalMs: number;
  readonly scrapeTimeoutMs: number;
}

/** One that relabelling dropped. */
export interface DroppedTarget {
  readonly scrapePool: string;
  readonly discoveredLabels: Labels;
}

interface Running {
  readonly target: Target;
  readonly loop: ScrapeLoop;
}

export class ScrapePool {
  readonly job: ScrapeJob;
  readonly #around: ScrapePoolSurroundings;
  readonly #client: HttpClient;
  readonly #relabelling: Relabelling;
  readonly #metricRelabelling: Relabelling;
  #running = new Map<string, Running>();
  #dropped: DroppedTarget[] = [];
  #droppedCount = 0;
  /** Ends what waits to mark targets that are gone. */
  readonly #retiring = new Set<() => Promise<void>>();

  constructor(job: ScrapeJob, around: ScrapePoolSurroundings) {
    this.job = job;
    this.#around = around;
    this.#client = new HttpClient(job, around.secrets);
    this.#relabelling = new Relabelling(job.relabel_configs ?? []);
    this.#metricRelabelling = new Relabelling(job.metric_relabel_configs ?? []);
  }

  /**
   * Scrapes these targets from now on, and no others; those that are scraped already go on.
   *
   * @param before the pool of the job's former configuration, whose targets this one takes over
   */
  sync(groups: readonly TargetGroup[], before?: ScrapePool): void {
    const found = this.#discovered(groups);
    for (const [hash, { loop }] of this.#running) {
      if (found.has(hash)) continue;
      this.#running.delete(hash);
      this.#retire(loop);
    }
    for (const [hash, target] of found) {
      // A target that stays may have been discovered with other labels.
      const loop = this.#running.get(hash)?.loop ?? this.#loopOf(target, before);
      this.#running.set(hash, { target, loop });
    }
    if (before !== undefined) before.#handOver(this.#running);
    const limit = this.job.target_limit;
    const isOver = limit > 0 && this.#running.size > limit;
    const error = isOver ? tooManyTargets(this.job.job_name, this.#running.size, limit) : undefined;
    for (const { loop } of this.#running.values()) loop.forcedError = error;
  }

  active(): ActiveTarget[] {
    return [...this.#running.values()].map(({ target, loop }) => ({
      scrapePool: this.job.job_name,
      discoveredLabels: target.discoveredLabels,
      labels: target.labels,
      scrapeUrl: target.url,
      globalUrl: target.globalUrl,
      scrapeIntervalMs: target.intervalMs,
      scrapeTimeoutMs: target.timeoutMs,
      ...loop.status,
    }));
  }

  /** At most `keep_dropped_targets`; see {@link droppedCount}. */
  get dropped(): readonly DroppedTarget[] {
    return this.#dropped;
  }

  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** The job is no more: its targets are gone for good. */
  retire(): void {
    this.#handOver(new Map());
  }

  /** Ends everything at once, and marks nothing: after a restart it goes on where it was. */
  async stop(): Promise<void> {
    await Promise.all([
      ...[...this.#running.values()].map(({ loop }) => loop.stop()),
      ...[...this.#retiring].map((end) => end()),
    ]);
    this.#running.clear();
    this.#retiring.clear();
    this.#client[Symbol.dispose]();
  }

  /** Whether nothing is left to do. */
  get isIdle(): boolean {
    return this.#running.size === 0 && this.#retiring.size === 0;
  }

  #discovered(groups: readonly TargetGroup[]): Map<string, Target> {
    const targets = new Map<string, Target>();
    const { keep_dropped_targets: kept, job_name: scrapePool } = this.job;
    this.#dropped = [];
    this.#droppedCount = 0;
    for (const { targets: addresses = [], labels = {} } of groups) {
      for (const address of addresses) {
        const found = discover(address, labels, this.job, this.#relabelling);
        if (found.kind === "target") targets.set(found.target.hash, found.target);
        else if (found.kind === "bad") this.#around.warn(found.error.oneLine());
        else {
          this.#droppedCount += 1;
          if (kept === 0 || this.#dropped.length < kept) {
            this.#dropped.push({ scrapePool, discoveredLabels: found.discoveredLabels });
          }
        }
      }
    }
    return targets;
  }

  #loopOf(target: Target, before: ScrapePool | undefined): ScrapeLoop {
    const former = before === undefined ? undefined : before.#running.get(target.hash);
    const { store, clock, fetch, seed } = this.#around;
    const config = { job: this.job, relabelling: this.#metricRelabelling, timeoutSeconds: target.timeoutMs / 1000 };
    const isSame = before !== undefined && hasSameSeries(before.job, this.job);
    let samples = isSame ? former?.loop.samples : undefined;
    if (samples === undefined) {
      const source = `scrape/${this.job.job_name}/${target.hash}`;
      samples = new TargetSamples({ store, source, targetLabels: target.labels, ...config });
    } else samples.reconfigure(config);
    const options = { target, job: this.job, samples, client: this.#client, fetch, clock, seed };
    return new ScrapeLoop(options, former?.loop.status);
  }

  /** Another pool has taken over these: they end without a mark, the others are gone. */
  #handOver(taken: ReadonlyMap<string, Running>): void {
    for (const [hash, { loop }] of this.#running) {
      if (taken.get(hash)?.loop.samples === loop.samples) loop.finish();
      else this.#retire(loop);
    }
    this.#running.clear();
    this.#client.retire();
  }

  #retire(loop: ScrapeLoop): void {
    const end = loop.retire(() => {
      this.#retiring.delete(end);
    });
    this.#retiring.add(end);
  }
}

/** Whether two configurations make the same series of what a target exposes. Source: scrape/scrape.go, reusableCache. */
function hasSameSeries(a: ScrapeJob, b: ScrapeJob): boolean {
  return SERIES_KEYS.every((key) => isDeepStrictEqual(a[key], b[key]));
}

const SERIES_KEYS = [
  "honor_labels",
  "honor_timestamps",
  "track_timestamps_staleness",
  "metric_relabel_configs",
  "extra_scrape_metrics",
  "label_limit",
  "label_name_length_limit",
  "label_value_length_limit",
] as const;

function tooManyTargets(job: string, count: number, limit: number): ScrapeError {
  const fault = `the job ${JSON.stringify(job)} has ${count} targets, of ${limit} allowed: none is scraped`;
  return new ScrapeError("TOO_MANY_TARGETS", fault, "Drop some by relabel_configs, or raise the job's target_limit");
}
