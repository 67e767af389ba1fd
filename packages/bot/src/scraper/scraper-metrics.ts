/** Records what scrapers ask, what they find, and what the APIs they ask still allow. */
import { type Duration, durationMs } from "../duration.ts";
import { shown } from "../errors.ts";
import type { Counter } from "../instruments/counter.ts";
import type { Gauge } from "../instruments/gauge.ts";
import type { Histogram } from "../instruments/histogram.ts";
import { badRecord } from "../registry/bad-record.ts";
import type { Registry } from "../registry/registry.ts";
import { SCRAPER_METRICS } from "./metrics.ts";

export interface ScraperMetricsOptions {
  /** Scrapers whose series exist from the start: one that never works is missed, too. */
  readonly scrapers?: readonly string[] | undefined;
  /** Unix milliseconds (default `Date.now`). */
  readonly now?: (() => number) | undefined;
}

/** A request whose outcome is known. */
export interface ScraperRequest {
  readonly scraper: string;
  /** `error` if it failed, or if its answer could not be read. */
  readonly outcome: "success" | "error";
  /** From the request to its outcome. */
  readonly latency?: Duration | undefined;
}

/** Something found that is worth acting on. */
export interface ScrapedOpportunity {
  readonly scraper: string;
  /** Expected return as a share of what it takes, from 0: 0.02 is two percent. */
  readonly roi?: number | undefined;
}

/** How many sources a scraper has, and how many of them answer. */
export interface ScraperSources {
  readonly scraper: string;
  readonly configured: number;
  readonly active: number;
}

/** What an API allows in its period, as its answers say. */
export interface ApiQuota {
  readonly api: string;
  readonly limit: number;
  readonly remaining: number;
}

/** Scrapers that are remembered: a bot that makes up names must not fill the memory. What is beyond is not announced. */
const ANNOUNCED_MAX = 1000;

export class ScraperMetrics {
  readonly #registry: Registry;
  readonly #now: () => number;
  readonly #announced = new Set<string>();
  readonly #requests: Counter<"scraper">;
  readonly #successes: Counter<"scraper">;
  readonly #errors: Counter<"scraper">;
  readonly #requestTime: Histogram<"scraper">;
  readonly #lastSuccess: Gauge<"scraper">;
  readonly #opportunities: Counter<"scraper">;
  readonly #lastOpportunity: Gauge<"scraper">;
  readonly #roi: Histogram<"scraper">;
  readonly #sources: Gauge<"scraper">;
  readonly #sourcesActive: Gauge<"scraper">;
  readonly #quotaLimit: Gauge<"api">;
  readonly #quotaRemaining: Gauge<"api">;

  /** @throws {MetricError} where the registry has metrics of these names already */
  constructor(registry: Registry, { scrapers = [], now = Date.now }: ScraperMetricsOptions = {}) {
    this.#registry = registry;
    this.#now = now;
    this.#requests = registry.counter(SCRAPER_METRICS.requests);
    this.#successes = registry.counter(SCRAPER_METRICS.successes);
    this.#errors = registry.counter(SCRAPER_METRICS.errors);
    this.#requestTime = registry.histogram(SCRAPER_METRICS.requestTime);
    this.#lastSuccess = registry.gauge({ ...SCRAPER_METRICS.lastSuccess, aggregation: "max" });
    this.#opportunities = registry.counter(SCRAPER_METRICS.opportunities);
    this.#lastOpportunity = registry.gauge({ ...SCRAPER_METRICS.lastOpportunity, aggregation: "max" });
    this.#roi = registry.histogram(SCRAPER_METRICS.roi);
    this.#sources = registry.gauge(SCRAPER_METRICS.sources);
    this.#sourcesActive = registry.gauge(SCRAPER_METRICS.sourcesActive);
    // Each process may have asked last: the careful answer is the smallest.
    this.#quotaLimit = registry.gauge({ ...SCRAPER_METRICS.quotaLimit, aggregation: "min" });
    this.#quotaRemaining = registry.gauge({ ...SCRAPER_METRICS.quotaRemaining, aggregation: "min" });
    for (const scraper of scrapers) this.announceScraper(scraper);
  }

  /** Makes a scraper's series: its counters at zero, and the times of its latest success and opportunity at now. */
  announceScraper(scraper: string): void {
    this.#guarded("announceScraper", () => this.#announce(scraper));
  }

  /** A request has ended, one way or the other. */
  recordRequest(request: ScraperRequest): void {
    this.#guarded("recordRequest", () => {
      const { scraper, outcome, latency } = request;
      this.#announce(scraper);
      this.#requests.labels(scraper).inc();
      if (outcome === "success") {
        this.#successes.labels(scraper).inc();
        this.#lastSuccess.labels(scraper).set(this.#now() / 1000);
      } else {
        this.#errors.labels(scraper).inc();
      }
      if (latency !== undefined) this.#requestTime.labels(scraper).observe(positiveSeconds(latency));
    });
  }

  recordOpportunity(opportunity: ScrapedOpportunity): void {
    this.#guarded("recordOpportunity", () => {
      const { scraper, roi } = opportunity;
      this.#announce(scraper);
      this.#opportunities.labels(scraper).inc();
      this.#lastOpportunity.labels(scraper).set(this.#now() / 1000);
      if (roi === undefined) return;
      // A histogram's sum must not fall: averages over time are made of it.
      if (!(roi >= 0)) throw new TypeError(`its roi is ${shown(roi)}`);
      this.#roi.labels(scraper).observe(roi);
    });
  }

  recordSources(sources: ScraperSources): void {
    this.#guarded("recordSources", () => {
      this.#sources.labels(sources.scraper).set(sources.configured);
      this.#sourcesActive.labels(sources.scraper).set(sources.active);
    });
  }

  recordQuota(quota: ApiQuota): void {
    this.#guarded("recordQuota", () => {
      this.#quotaLimit.labels(quota.api).set(quota.limit);
      this.#quotaRemaining.labels(quota.api).set(quota.remaining);
    });
  }

  #announce(scraper: string): void {
    if (this.#announced.has(scraper) || this.#announced.size >= ANNOUNCED_MAX) return;
    this.#announced.add(scraper);
    const nowSeconds = this.#now() / 1000;
    for (const counter of [this.#requests, this.#successes, this.#errors, this.#opportunities]) counter.labels(scraper);
    for (const histogram of [this.#requestTime, this.#roi]) histogram.labels(scraper);
    for (const time of [this.#lastSuccess, this.#lastOpportunity]) time.labels(scraper).set(nowSeconds);
  }

  /** Whatever a recording call is given, it must not throw into a scraper: what it was given wrongly is a mistake. */
  #guarded(call: string, record: () => void): void {
    try {
      record();
    } catch (error) {
      this.#registry.mistake(badRecord(call, error, "Give an object with the fields that its type names"));
    }
  }
}

function positiveSeconds(duration: Duration): number {
  const ms = durationMs(duration);
  if (ms >= 0) return ms / 1000;
  throw new TypeError(`its latency is ${shown(ms)} ms`);
}
