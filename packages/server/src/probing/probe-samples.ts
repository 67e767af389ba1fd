/**
 * What probes see, as series in Haltwatch's own store: at once when there is something new, and not in between. Where nothing comes any
 * more, nothing is written, and whoever waits for it sees that.
 */
import { errorLine, type JsonLog, type Registry } from "@haltwatch/bot";
import { Labels, type Store } from "@haltwatch/store";
import type { Clock } from "../scrape/clock.ts";
import { Relabelling } from "../scrape/relabel.ts";
import { completeJob } from "../scrape/scrape-job.ts";
import { TargetSamples } from "../scrape/target-samples.ts";

/** What comes within so long of the first is written with it, milliseconds. */
const TOGETHER_MS = 50;

export interface ProbeSamplesOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: JsonLog;
  /** Label `job`. */
  readonly job: string;
  /** Label `instance`. */
  readonly instance: string;
  readonly intervalMs: number;
  /** Told after each writing, of the time of its samples. */
  readonly onWritten: (timeMs: number) => void;
}

export class ProbeSamples implements Disposable {
  readonly #options: ProbeSamplesOptions;
  readonly #samples: TargetSamples;
  #cancel: (() => void) | undefined;
  #isStopped = false;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(options: ProbeSamplesOptions) {
    this.#options = options;
    const { store, job, instance, intervalMs } = options;
    this.#samples = new TargetSamples({
      store,
      source: `probe/${job}`,
      targetLabels: Labels.from({ job, instance }),
      job: completeJob({ job_name: job, honor_labels: true }),
      relabelling: new Relabelling([]),
      timeoutSeconds: intervalMs / 1000,
    });
  }

  /** There is something new. */
  changed(): void {
    if (this.#isStopped) return;
    this.#cancel ??= this.#options.clock.after(TOGETHER_MS, () => {
      this.#cancel = undefined;
      void this.#write();
    });
  }

  /** Nothing comes any more, as the configuration says: whoever waits for it need not wait. */
  retire(): void {
    this[Symbol.dispose]();
    // A moment after its last samples: others may have told of the same since, and those stay.
    if (Number.isFinite(this.#lastMs)) this.#samples.endForGood(this.#lastMs + 1);
  }

  [Symbol.dispose](): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  async #write(): Promise<void> {
    const { registry, clock, log, job, onWritten } = this.#options;
    try {
      const body = Buffer.from(await registry.metrics());
      if (this.#isStopped) return; // the store may be closed
      // A clock that was set back must not end the series: they go on where they were until it has caught up.
      const timeMs = Math.max(clock.now(), this.#lastMs + 1);
      this.#lastMs = timeMs;
      this.#samples.begin(timeMs);
      this.#samples.read(body, "text");
      this.#samples.end({ isUp: true, durationSeconds: 0, ...this.#samples.counts, bodyBytes: body.length });
      onWritten(timeMs);
    } catch (error) {
      log.error("probe_samples_failed", { job, error: errorLine(error) });
    }
  }
}
