/**
 * Scrapes one target at its interval until it is stopped: fetches, reads, stores, and tells how it went. Source: Prometheus 3,
 * scrape/scrape.go (`scrapeLoop`).
 */
import { type ExpositionFormat, formatOf } from "../exposition/index.ts";
import type { Clock } from "./clock.ts";
import type { Fetch, Fetching } from "./fetch-body.ts";
import type { HttpClient } from "./http-client.ts";
import { oneLineOf, ScrapeError } from "./scrape-error.ts";
import type { ScrapeJob } from "./scrape-job.ts";
import type { Target } from "./target.ts";
import type { TargetSamples } from "./target-samples.ts";

/**
 * Largest body of a job without a `body_size_limit`, bytes, uncompressed: some 2 million lines. Prometheus has no limit there, and
 * a target that never ends would take all memory.
 */
const MAX_BODY_BYTES = 128 * 2 ** 20;

/** Timestamps so near to where they belong are put there, which takes less room. Source: Prometheus 3, `ScrapeTimestampTolerance`. */
const TOLERANCE_MS = 2;

export type TargetHealth = "unknown" | "up" | "down";

/** How the last scrape went. */
export interface ScrapeStatus {
  readonly health: TargetHealth;
  /** What went wrong and what to do; empty if nothing did. */
  readonly lastError: string;
  /** When it began, Unix milliseconds; `undefined` before the first. */
  readonly lastScrapeMs: number | undefined;
  readonly lastScrapeSeconds: number;
}

export interface ScrapeLoopOptions {
  readonly target: Target;
  readonly job: ScrapeJob;
  readonly samples: TargetSamples;
  readonly client: HttpClient;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Spreads several servers' scrapes. */
  readonly seed: string;
}

export class ScrapeLoop {
  readonly #options: ScrapeLoopOptions;
  readonly #url: URL;
  #status: ScrapeStatus = { health: "unknown", lastError: "", lastScrapeMs: undefined, lastScrapeSeconds: 0 };
  /** Fails each scrape: the job has too many targets. */
  forcedError: ScrapeError | undefined;
  /** When the next scrape is due, and when the last was, on the monotonic clock. */
  #dueMs: number;
  #alignedMs = Number.NaN;
  #cancelTimer: () => void = () => undefined;
  #fetching: Fetching | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(options: ScrapeLoopOptions, status?: ScrapeStatus) {
    this.#options = options;
    this.#url = new URL(options.target.url);
    if (status !== undefined) this.#status = status;
    const { clock, target, seed } = options;
    const { intervalMs } = target;
    // Its place in the interval is fixed in time, not after the start: after a restart it goes on where it was.
    const wait = (target.phaseMs(seed) - (clock.now() % intervalMs) + intervalMs) % intervalMs;
    this.#dueMs = clock.monotonic() + wait;
    this.#wait();
  }

  get status(): ScrapeStatus {
    return this.#status;
  }

  get samples(): TargetSamples {
    return this.#options.samples;
  }

  /** Begins no further scrape; one under way goes on to its end. */
  finish(): void {
    this.#isStopped = true;
    this.#cancelTimer();
  }

  /** Ends scraping at once; what a scrape under way has got is not kept. */
  async stop(): Promise<void> {
    this.finish();
    this.#fetching?.cancel(new ScrapeError("STOPPED", "the target is no longer scraped", "Nothing is to be done"));
    await this.#running;
  }

  /**
   * Finishes, and marks all that the target had as stale a little more than an interval after the next scrape would have been: if it
   * comes back until then, under another configuration perhaps, it was never gone.
   *
   * @param done called when that is over
   * @returns ends it at once, without marking
   */
  retire(done: () => void): () => Promise<void> {
    this.finish();
    const { clock, samples, target } = this.#options;
    const untilDue = Math.max(0, this.#dueMs - clock.monotonic());
    const staleMs = Math.round(clock.now() + untilDue);
    const cancel = clock.after(untilDue + 1.1 * target.intervalMs, () => {
      if (this.#status.lastScrapeMs !== undefined) samples.endForGood(staleMs);
      done();
    });
    return async () => {
      cancel();
      await this.stop();
    };
  }

  #wait(): void {
    const { clock } = this.#options;
    this.#cancelTimer = clock.after(Math.max(0, this.#dueMs - clock.monotonic()), () => {
      this.#running = this.#scrapeAndWait();
    });
  }

  async #scrapeAndWait(): Promise<void> {
    const { clock, target } = this.#options;
    await this.#scrape();
    this.#running = undefined;
    if (this.#isStopped) return;
    // From when it was due, not from now: so there is no drift. What was missed is left out.
    const missed = Math.floor((clock.monotonic() - this.#dueMs) / target.intervalMs);
    this.#dueMs += Math.max(1, missed + 1) * target.intervalMs;
    this.#wait();
  }

  async #scrape(): Promise<void> {
    const { clock, samples } = this.#options;
    const startMs = clock.now();
    const start = clock.monotonic();
    const timeMs = this.#aligned(startMs);
    // To the microsecond: more would be noise, and takes room.
    const seconds = (): number => Math.round((clock.monotonic() - start) * 1000) / 1e6;
    let error: unknown;
    let bodyBytes = 0;
    try {
      const body = await this.#fetch();
      bodyBytes = body.bytes.length;
      try {
        samples.begin(timeMs);
        this.#read(body.bytes, body.contentType);
      } finally {
        body.release();
      }
    } catch (fault) {
      error = fault;
    }
    if (this.#isStopped && error instanceof ScrapeError && error.code === "STOPPED") return;
    this.#status = {
      health: error === undefined ? "up" : "down",
      lastError: error === undefined ? "" : oneLineOf(error),
      lastScrapeMs: startMs,
      lastScrapeSeconds: seconds(),
    };
    if (error instanceof ScrapeError && error.code === "BODY_TOO_LARGE") bodyBytes = -1;
    this.#store(timeMs, error, seconds(), bodyBytes);
  }

  /** What is left to do once the body is read, or is none. */
  #store(timeMs: number, error: unknown, durationSeconds: number, bodyBytes: number): void {
    const { samples } = this.#options;
    const isUp = error === undefined;
    try {
      if (!isUp) samples.readNothing(timeMs);
      samples.end({ isUp, durationSeconds, ...samples.counts, bodyBytes });
    } catch (fault) {
      this.#status = { ...this.#status, health: "down", lastError: oneLineOf(error ?? fault) };
    }
  }

  async #fetch(): ReturnType<Fetch>["body"] {
    if (this.forcedError !== undefined) throw this.forcedError;
    const { target, job, client, clock, fetch } = this.#options;
    const fetching = fetch({
      url: this.#url,
      client,
      timeoutMs: target.timeoutMs,
      maxBytes: job.body_size_limit || MAX_BODY_BYTES,
      followsRedirects: job.follow_redirects,
    });
    this.#fetching = fetching;
    const stopWaiting = clock.after(target.timeoutMs, () => fetching.cancel(timedOut(target)));
    try {
      return await fetching.body;
    } finally {
      stopWaiting();
      this.#fetching = undefined;
    }
  }

  #read(bytes: Uint8Array, contentType: string | undefined): void {
    const { job, samples } = this.#options;
    const fallback = job.fallback_scrape_protocol;
    const fallbackFormat: ExpositionFormat | undefined =
      fallback === undefined ? undefined : fallback.startsWith("OpenMetrics") ? "openmetrics" : "text";
    // As in Prometheus, nothing at all is not asked what it is.
    if (bytes.length === 0) samples.read(bytes, "text");
    else samples.read(bytes, formatOf(contentType, fallbackFormat).format);
  }

  /** Where the timestamp belongs, if it is near to that: a whole number of intervals after an earlier one. */
  #aligned(timeMs: number): number {
    const { intervalMs } = this.#options.target;
    const intervals = Math.round((timeMs - this.#alignedMs) / intervalMs);
    const aligned = this.#alignedMs + intervals * intervalMs;
    const isNear = Math.abs(timeMs - aligned) <= Math.min(TOLERANCE_MS, intervalMs / 100);
    this.#alignedMs = isNear ? aligned : timeMs;
    return this.#alignedMs;
  }
}

function timedOut({ timeoutMs }: Target): ScrapeError {
  const fault = `the target has not sent everything within ${timeoutMs / 1000} s`;
  return new ScrapeError("TIMEOUT", fault, "Make the target answer faster, or raise scrape_timeout");
}
