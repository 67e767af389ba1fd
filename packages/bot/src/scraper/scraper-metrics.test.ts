import { expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { ScraperMetrics } from "./scraper-metrics.ts";

test("D5 what scrapers do, find and may still ask, by scraper and API", async () => {
  let nowMs = 1_700_000_000_000;
  const registry = new Registry({ createdTimestamps: false });
  const scrapers = new ScraperMetrics(registry, { scrapers: ["odds"], now: () => nowMs });

  nowMs += 10_000;
  scrapers.recordRequest({ scraper: "odds", outcome: "success", latency: 300 });
  nowMs += 10_000;
  scrapers.recordRequest({ scraper: "odds", outcome: "error", latency: [1, 500_000_000] });
  scrapers.recordOpportunity({ scraper: "odds", roi: 0.03 });
  scrapers.recordSources({ scraper: "odds", configured: 4, active: 3 });
  scrapers.recordQuota({ api: "odds-api", limit: 500, remaining: 120 });

  const lines = (await registry.metrics()).split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      'scraper_requests_total{scraper="odds"} 2',
      'scraper_successes_total{scraper="odds"} 1',
      'scraper_errors_total{scraper="odds"} 1',
      'scraper_request_seconds_bucket{scraper="odds",le="0.5"} 1',
      'scraper_request_seconds_sum{scraper="odds"} 1.8',
      'scraper_last_success_timestamp_seconds{scraper="odds"} 1700000010',
      'scraper_opportunities_total{scraper="odds"} 1',
      'scraper_last_opportunity_timestamp_seconds{scraper="odds"} 1700000020',
      'scraper_opportunity_roi_ratio_sum{scraper="odds"} 0.03',
      'scraper_sources{scraper="odds"} 4',
      'scraper_sources_active{scraper="odds"} 3',
      'api_quota_limit{api="odds-api"} 500',
      'api_quota_remaining{api="odds-api"} 120',
    ]),
  );
});

test("D5 a scraper that has had no success yet is known from when it was announced", async () => {
  const registry = new Registry();
  let nowMs = 1_700_000_000_000;
  const scrapers = new ScraperMetrics(registry, { now: () => nowMs });

  scrapers.announceScraper("news");
  nowMs += 60_000;
  scrapers.recordRequest({ scraper: "news", outcome: "error" });

  const text = await registry.metrics();
  expect(text).toContain('scraper_last_success_timestamp_seconds{scraper="news"} 1700000000\n');
  expect(text).toContain('scraper_opportunities_total{scraper="news"} 0\n');
});

test("a record that is none is a mistake, and never thrown into a scraper that asked for that", async () => {
  const mistakes: string[] = [];
  const registry = new Registry({ mistakes: ({ message }) => void mistakes.push(message) });
  const scrapers = new ScraperMetrics(registry);

  scrapers.recordOpportunity({ scraper: "odds", roi: -0.5 });
  scrapers.recordRequest({ scraper: "odds", outcome: "success", latency: -1 });
  scrapers.recordQuota(undefined as never); // what JavaScript lets through

  expect(mistakes).toHaveLength(3);
  expect(await registry.metrics()).toContain('scraper_opportunities_total{scraper="odds"} 1\n');
});
