/**
 * The configuration of a real Prometheus that watches the same: the same targets, the same rules, the limits from Haltwatch's
 * `/metrics`, and what bots send over the link from its `/federate`.
 */
import { formatDuration } from "@haltwatch/promql";
import type { ServerConfig } from "../config/server-config.ts";
import type { ScrapeJob } from "../scrape/scrape-job.ts";
import type { ExportPlaces } from "./export-places.ts";
import { type ExportedFile, yamlFile } from "./exported-file.ts";
import { exportedRules } from "./exported-rules.ts";
import { haltwatchAddress, readAuthorization, tlsConfig } from "./haltwatch-address.ts";
import { scrapeJobKeys } from "./scrape-job-keys.ts";

/** Where the Alertmanager of an export listens. */
export const ALERTMANAGER_ADDRESS = "127.0.0.1:9093";

/** How often limits and linked bots are read: rules compare with them. */
const HALTWATCH_INTERVAL = "5s";

/** Not a bot's own: what rules have made of it, which Prometheus makes itself; and what is on `/metrics`. */
const MADE_HERE = "ALERTS.*|haltwatch_.*|scrape_.*|.*:.*";

/** @throws {RuleLoadError} if a rule file is wrong */
export function prometheusFiles(config: ServerConfig, places: ExportPlaces): ExportedFile[] {
  const rules = exportedRules(config);
  const evaluation_interval = formatDuration(config.rules.evaluation_interval);
  const content = {
    global: {
      ...{ scrape_interval: "15s", evaluation_interval },
      ...(Object.keys(config.externalLabels).length === 0 ? {} : { external_labels: config.externalLabels }),
    },
    rule_files: rules.map(({ path }) => path),
    alerting: { alertmanagers: [{ static_configs: [{ targets: [ALERTMANAGER_ADDRESS] }] }] },
    scrape_configs: [...config.jobs.map((job) => scrapeJobKeys(job, places)), ...haltwatchJobs(config, places)],
  };
  return [yamlFile("prometheus.yml", content), ...rules];
}

function haltwatchJobs(config: ServerConfig, places: ExportPlaces): object[] {
  const names = new Set(config.jobs.map(({ job_name }) => job_name));
  const { scheme, host } = haltwatchAddress(config);
  const common = {
    scrape_interval: HALTWATCH_INTERVAL,
    honor_labels: true, // its series are about bots, by their names
    ...(scheme === "https" ? { scheme } : {}),
    ...readAuthorization(config, places),
    ...tlsConfig(config, places),
    static_configs: [{ targets: [host] }],
  };
  return [
    { job_name: free("haltwatch", names), ...common },
    {
      job_name: free("haltwatch-linked", names),
      metrics_path: "/federate",
      params: { "match[]": linkedSelectors(config.jobs) },
      ...common,
    },
  ];
}

/** Bots that are scraped here, too, are not taken a second time; another one of the same job, which is only linked, is. */
function linkedSelectors(jobs: readonly ScrapeJob[]): string[] {
  const scraped = scrapedBots(jobs);
  const others = `{bot!="",job!="",job!~"${matcherOf([...scraped.keys()].sort())}",__name__!~"${MADE_HERE}"}`;
  const beside = [...scraped].flatMap(([job, bots]) =>
    bots === "unknown" ? [] : [`{bot!~"|${matcherOf([...bots])}",job=~"${matcherOf([job])}",__name__!~"${MADE_HERE}"}`],
  );
  return [others, ...beside];
}

/** By label `job`, the labels `bot` of what is scraped; unknown where a file or the target itself says it. */
function scrapedBots(jobs: readonly ScrapeJob[]): ReadonlyMap<string, ReadonlySet<string> | "unknown"> {
  const scraped = new Map<string, Set<string> | "unknown">();
  for (const { job_name, static_configs = [], file_sd_configs, relabel_configs = [], honor_labels } of jobs) {
    const isSaid = file_sd_configs === undefined && relabel_configs.length === 0 && !honor_labels;
    if (!isSaid) scraped.set(job_name, "unknown");
    for (const { labels } of static_configs) {
      const job = labels?.["job"] ?? job_name;
      const bot = labels?.["bot"];
      const known = scraped.get(job) ?? new Set();
      if (known === "unknown" || bot === undefined || !isSaid) scraped.set(job, "unknown");
      else scraped.set(job, known.add(bot));
    }
  }
  return scraped;
}

function free(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? free(`${name}-own`, taken) : name;
}

/** Matches exactly these, within a query's quotes. */
function matcherOf(names: readonly string[]): string {
  const pattern = names.map((name) => name.replaceAll(/[\\.+*?()|[\]{}^$]/g, "\\$&")).join("|");
  return pattern.replaceAll(/[\\"]/g, "\\$&");
}
