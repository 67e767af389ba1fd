/** Row D6: bots that scrape, the APIs they ask, and the machine they run on. */
import { CRITICAL, OK } from "../dashboards/colours.ts";
import { dashboard } from "../dashboards/dashboard.ts";
import { lines } from "../dashboards/lines.ts";
import { UP_OR_DOWN, values } from "../dashboards/panel.ts";
import { downTo, fromOneTo, limit, towards } from "../dashboards/queries.ts";
import { timeline } from "../dashboards/timeline.ts";
import { wellRow } from "../dashboards/well.ts";

const OF = 'bot=~"$bot"';

/** What a health check writes: a bot's own, or Haltwatch's, which is no bot. */
const MACHINE = 'bot=~"$bot|"';

const HERE = "{{bot}} {{instance}}";
const SCRAPER = "{{scraper}} {{bot}}";

const OPPORTUNITY_AGE = `time() - max by (bot) (scraper_last_opportunity_timestamp_seconds{${OF}})`;
const SUCCESS_AGE = `time() - scraper_last_success_timestamp_seconds{${OF}}`;
const BACKUP_AGE = `time() - health_backup_timestamp_seconds{${MACHINE}}`;
const QUOTA = `api_quota_remaining{${OF}} / (api_quota_limit{${OF}} > 0)`;
const SOURCES = `scraper_sources_active{${OF}} / (scraper_sources{${OF}} > 0)`;
const ERRORS = `rate(scraper_errors_total{${OF}}[5m]) / rate(scraper_requests_total{${OF}}[5m])`;
const P95 = `histogram_quantile(0.95, sum by (scraper, bot, le) (rate(scraper_request_seconds_bucket{${OF}}[5m])))`;

export const SCRAPER_DASHBOARD = dashboard({
  pack: "scraper",
  file: "scraper",
  title: "Scrapers",
  description:
    "Bots that scrape for opportunities: are they well, is their machine, what do they find, are secrets and quotas safe.",
  botsHave: "scraper_requests_total",
  rows: [
    {
      title: "Is it well?",
      panels: wellRow("scraper", [
        towards("health.cpu_percent_max", `health_cpu_percent{${MACHINE}}`, "CPU"),
        towards("health.memory_percent_max", `health_memory_percent{${MACHINE}}`, "memory"),
        towards("health.disk_percent_max", `health_disk_percent{${MACHINE}}`, "disk"),
        towards("scraper.p95_seconds_max", P95, "latency"),
        towards("scraper.error_ratio_max", ERRORS, "errors"),
        towards("scraper.success_age_seconds_max", SUCCESS_AGE, "last success"),
        fromOneTo("scraper.sources_active_ratio_min", SOURCES, "sources"),
        downTo("api.quota_remaining_ratio_min", QUOTA, "quota"),
        towards("health.backup_age_seconds_max", BACKUP_AGE, "backup's age"),
      ]),
    },
    {
      title: "System Health",
      panels: [
        lines({
          title: "CPU",
          description:
            "Use of all processors together. Over the limit for five minutes, everything on the machine gets slower, Haltwatch among it.",
          unit: "percent",
          decimals: 0,
          min: 0,
          max: 100,
          queries: [[`max by (bot, instance) (health_cpu_percent{${MACHINE}})`, HERE], limit("health.cpu_percent_max")],
          alerts: ["CpuHigh"],
          width: 6,
        }),
        lines({
          title: "RAM",
          description: "Memory that programs cannot have. When it is full, the system ends a process of its choice.",
          unit: "percent",
          decimals: 0,
          min: 0,
          max: 100,
          queries: [
            [`max by (bot, instance) (health_memory_percent{${MACHINE}})`, HERE],
            limit("health.memory_percent_max"),
          ],
          alerts: ["MemoryHigh"],
          width: 6,
        }),
        lines({
          title: "Disk",
          description: "Used part of each file system. Full, nothing is written any more.",
          unit: "percent",
          decimals: 0,
          min: 0,
          max: 100,
          queries: [
            [`max by (path, bot, instance) (health_disk_percent{${MACHINE}})`, "{{path}} {{bot}} {{instance}}"],
            limit("health.disk_percent_max"),
          ],
          alerts: ["DiskFull"],
          width: 6,
        }),
        timeline({
          title: "Network",
          description: "Whether each target outside is reached. All down: the machine is cut off.",
          queries: [[`min by (target, bot) (health_network_up{${MACHINE}})`, "{{target}} {{bot}}"]],
          mappings: UP_OR_DOWN,
          alerts: ["NetworkDown"],
          width: 6,
        }),
      ],
    },
    {
      title: "Scraper Performance",
      panels: [
        lines({
          title: "Latency",
          description:
            "What nineteen of twenty requests of five minutes took at most. What is found so late may be gone.",
          unit: "s",
          decimals: 2,
          min: 0,
          queries: [[P95, SCRAPER], limit("scraper.p95_seconds_max")],
          alerts: ["ScraperSlow"],
        }),
        lines({
          title: "Success rate",
          description: "Share of requests that gave what was asked for.",
          unit: "percentunit",
          decimals: 1,
          min: 0,
          max: 1,
          queries: [
            [
              `sum by (scraper, bot) (rate(scraper_successes_total{${OF}}[$__rate_interval])) / sum by (scraper, bot) (rate(scraper_requests_total{${OF}}[$__rate_interval]))`,
              SCRAPER,
            ],
          ],
        }),
        lines({
          title: "Error rate",
          description:
            "Share of the requests of five minutes that failed. Over the limit a source is down, has changed, or keeps the bot out.",
          unit: "percentunit",
          decimals: 1,
          min: 0,
          queries: [[`max by (scraper, bot) (${ERRORS})`, SCRAPER], limit("scraper.error_ratio_max")],
          alerts: ["ScraperErrorsHigh"],
        }),
        lines({
          title: "Last success",
          description:
            "How long ago each scraper got what it asked for. Over the limit it hangs or is blocked, though its process answers.",
          unit: "s",
          decimals: 0,
          min: 0,
          queries: [[`max by (scraper, bot) (${SUCCESS_AGE})`, SCRAPER], limit("scraper.success_age_seconds_max")],
          alerts: ["ScraperWithoutSuccess", "ScraperDown"],
          width: 12,
        }),
        lines({
          title: "Requests in five minutes",
          description: "With fewer than the limit, a scraper's times and its share of failures say nothing.",
          unit: "none",
          decimals: 0,
          min: 0,
          queries: [
            [`sum by (scraper, bot) (increase(scraper_requests_total{${OF}}[5m]))`, SCRAPER],
            limit("scraper.requests_min"),
          ],
          width: 12,
        }),
      ],
    },
    {
      title: "Business",
      panels: [
        lines({
          title: "ROI of opportunities",
          description:
            "Expected return of what was found, in the chosen time: the mean, and what nine of ten are under.",
          unit: "percentunit",
          decimals: 2,
          min: 0,
          queries: [
            [
              `sum by (bot) (increase(scraper_opportunity_roi_ratio_sum{${OF}}[$__range])) / (sum by (bot) (increase(scraper_opportunity_roi_ratio_count{${OF}}[$__range])) > 0)`,
              "mean {{bot}}",
            ],
            [
              `histogram_quantile(0.9, sum by (bot, le) (increase(scraper_opportunity_roi_ratio_bucket{${OF}}[$__range]))) >= 0`,
              "p90 {{bot}}",
            ],
          ],
          width: 6,
        }),
        lines({
          title: "Opportunities a day",
          description:
            "Found within 24 hours. Under the limit a source has gone or changed, a filter is too strict, or the market is quiet.",
          unit: "none",
          decimals: 0,
          min: 0,
          queries: [
            [`max by (bot) (scraper:opportunities:increase1d{${OF}})`, "found {{bot}}"],
            limit("scraper.opportunities_per_day_min"),
          ],
          colours: { found: OK },
          alerts: ["OpportunitiesFew"],
          width: 6,
        }),
        lines({
          title: "Newest opportunity",
          description:
            "How long ago any scraper of a bot found one. Over the limit the pages look different now, or the market is quiet.",
          unit: "s",
          decimals: 0,
          min: 0,
          queries: [[OPPORTUNITY_AGE, "found {{bot}}"], limit("scraper.opportunity_age_seconds_max")],
          alerts: ["OpportunitiesDry"],
          width: 6,
        }),
        lines({
          title: "Active sources",
          description: "Share of each scraper's sources that answer. What the others would show is not seen.",
          unit: "percentunit",
          decimals: 0,
          min: 0,
          max: 1,
          queries: [[`min by (scraper, bot) (${SOURCES})`, SCRAPER], limit("scraper.sources_active_ratio_min")],
          alerts: ["SourcesInactive"],
          width: 6,
        }),
      ],
    },
    {
      title: "Security",
      panels: [
        timeline({
          title: "Vault",
          description: "Whether Vault answers, and whether it is sealed: then what starts now gets no secret.",
          queries: [
            [`min by (bot) (health_vault_up{${MACHINE}})`, "answers {{bot}}"],
            [`min by (bot) (1 - health_vault_sealed{${MACHINE}})`, "open {{bot}}"],
          ],
          mappings: values({ 1: ["yes", OK], 0: ["no", CRITICAL] }),
          alerts: ["VaultSealed", "VaultDown"],
          width: 6,
        }),
        lines({
          title: "API quotas left",
          description: "Share of each API's calls that is left in its period. At 0 it answers no more.",
          unit: "percentunit",
          decimals: 0,
          min: 0,
          max: 1,
          queries: [[`min by (api, bot) (${QUOTA})`, "{{api}} {{bot}}"], limit("api.quota_remaining_ratio_min")],
          alerts: ["ApiQuotaLow", "ApiQuotaUsedUp"],
          width: 6,
        }),
        lines({
          title: "Newest backup: age",
          description: "What happened since then is lost if the disk is. An age of decades: there is none.",
          unit: "s",
          decimals: 0,
          min: 0,
          queries: [
            [`max by (backup, bot) (${BACKUP_AGE})`, "{{backup}} {{bot}}"],
            limit("health.backup_age_seconds_max"),
          ],
          alerts: ["BackupStale"],
          width: 6,
        }),
        lines({
          title: "Newest backup: size",
          description: "Under the limit it is empty, or was broken off.",
          unit: "bytes",
          min: 0,
          queries: [
            [`min by (backup, bot) (health_backup_size_bytes{${MACHINE}})`, "{{backup}} {{bot}}"],
            limit("health.backup_bytes_min"),
          ],
          alerts: ["BackupSmall"],
          width: 6,
        }),
      ],
    },
  ],
});
