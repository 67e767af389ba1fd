/** The metrics of a bot that scrapes for opportunities. Their names are contracts. */
import type { MetricDefinitions } from "../definitions.ts";

const BY_SCRAPER = ["scraper"] as const;

/** Upper bounds of `scraper_request_seconds`. */
const REQUEST_BUCKETS_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** Upper bounds of `scraper_opportunity_roi_ratio`. */
const ROI_BUCKETS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2] as const;

export const SCRAPER_METRICS = {
  requests: {
    type: "counter",
    name: "scraper_requests_total",
    help: "Requests made, whatever their outcome, by scraper.",
    labelNames: BY_SCRAPER,
  },
  successes: {
    type: "counter",
    name: "scraper_successes_total",
    help: "Requests that gave what was asked for, by scraper.",
    labelNames: BY_SCRAPER,
  },
  errors: {
    type: "counter",
    name: "scraper_errors_total",
    help: "Requests that failed, or whose answer could not be read, by scraper.",
    labelNames: BY_SCRAPER,
  },
  requestTime: {
    type: "histogram",
    name: "scraper_request_seconds",
    unit: "seconds",
    help: "From a request to its answer or its failure, by scraper.",
    labelNames: BY_SCRAPER,
    buckets: REQUEST_BUCKETS_SECONDS,
  },
  lastSuccess: {
    type: "gauge",
    name: "scraper_last_success_timestamp_seconds",
    unit: "seconds",
    help: "Unix time of the latest success, by scraper; when it was announced, if it had none.",
    labelNames: BY_SCRAPER,
  },
  opportunities: {
    type: "counter",
    name: "scraper_opportunities_total",
    help: "Opportunities found, by scraper.",
    labelNames: BY_SCRAPER,
  },
  lastOpportunity: {
    type: "gauge",
    name: "scraper_last_opportunity_timestamp_seconds",
    unit: "seconds",
    help: "Unix time of the latest opportunity, by scraper; when it was announced, if it found none.",
    labelNames: BY_SCRAPER,
  },
  roi: {
    type: "histogram",
    name: "scraper_opportunity_roi_ratio",
    unit: "ratio",
    help: "Expected return of the opportunities found, as a share of what they take, by scraper: 0.02 is two percent.",
    labelNames: BY_SCRAPER,
    buckets: ROI_BUCKETS,
  },
  sources: {
    type: "gauge",
    name: "scraper_sources",
    help: "Sources that are configured, by scraper.",
    labelNames: BY_SCRAPER,
  },
  sourcesActive: {
    type: "gauge",
    name: "scraper_sources_active",
    help: "Sources that answer now, by scraper.",
    labelNames: BY_SCRAPER,
  },
  quotaLimit: {
    type: "gauge",
    name: "api_quota_limit",
    help: "Calls that an API allows in its period.",
    labelNames: ["api"],
  },
  quotaRemaining: {
    type: "gauge",
    name: "api_quota_remaining",
    help: "Calls that an API still allows in its period.",
    labelNames: ["api"],
  },
} as const satisfies MetricDefinitions;
