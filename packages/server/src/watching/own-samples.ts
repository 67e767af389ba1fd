/**
 * Haltwatch's own metrics as series in its own store, as if it scraped itself: so that rules, the page and Grafana see how it is. There
 * is no HTTP between.
 */
import type { Registry } from "@haltwatch/bot";
import { Labels, type Store } from "@haltwatch/store";
import type { Clock } from "../scrape/clock.ts";
import { Relabelling } from "../scrape/relabel.ts";
import { completeJob } from "../scrape/scrape-job.ts";
import { TargetSamples } from "../scrape/target-samples.ts";

/** How often they are written, milliseconds. */
const INTERVAL_MS = 5_000;

/** Least time between two writes, milliseconds. */
const LEAST_MS = 500;

/** Label `job` of Haltwatch's own. */
const OWN_JOB = "haltwatch";

export interface OwnSamplesOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly clock: Clock;
  /** Label `job` of them all, if they are not of Haltwatch itself. */
  readonly job?: string;
  /** Label `instance`: where it is reached. */
  readonly instance: string;
  readonly onError: (error: unknown) => void;
}

export class OwnSamples implements Disposable {
  readonly #options: OwnSamplesOptions;
  readonly #samples: TargetSamples;
  #isStopped = false;
  #writtenMs = Number.NEGATIVE_INFINITY;
  #cancel: () => void = () => undefined;

  constructor(options: OwnSamplesOptions) {
    this.#options = options;
    const { store, instance, job = OWN_JOB } = options;
    this.#samples = new TargetSamples({
      store,
      source: job === OWN_JOB ? "own" : `own/${job}`,
      targetLabels: Labels.from({ job, instance }),
      // Of a bot that Haltwatch tells of, it is the bot's name and instance that count.
      job: completeJob({ job_name: job, honor_labels: true }),
      relabelling: new Relabelling([]),
      timeoutSeconds: INTERVAL_MS / 1000,
    });
  }

  start(): void {
    void this.#write().then(() => this.#wait());
  }

  /** Something has happened that should be seen at once; at most each {@link LEAST_MS}. */
  now(): void {
    if (this.#options.clock.monotonic() - this.#writtenMs >= LEAST_MS) void this.#write();
  }

  [Symbol.dispose](): void {
    this.#isStopped = true;
    this.#cancel();
  }

  #wait(): void {
    if (this.#isStopped) return;
    this.#cancel = this.#options.clock.after(INTERVAL_MS, () => this.start());
  }

  async #write(): Promise<void> {
    const { registry, clock, onError } = this.#options;
    const start = clock.monotonic();
    this.#writtenMs = start;
    try {
      const body = Buffer.from(await registry.metrics());
      if (this.#isStopped) return; // the store may be closed
      this.#samples.begin(clock.now());
      this.#samples.read(body, "text");
      const durationSeconds = (clock.monotonic() - start) / 1000;
      this.#samples.end({ isUp: true, durationSeconds, ...this.#samples.counts, bodyBytes: body.length });
    } catch (error) {
      onError(error);
    }
  }
}
