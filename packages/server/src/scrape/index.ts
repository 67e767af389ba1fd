/** Scraping as Prometheus does it: configuration, targets, loops. */
export { type Clock, SYSTEM_CLOCK } from "./clock.ts";
export type { Fetch, FetchedBody, Fetching, ScrapeRequest } from "./fetch-body.ts";
export { type ConfigWarning, type PrometheusConfig, readPrometheusYml } from "./prometheus-yml.ts";
export { RELABEL_ACTIONS, type RelabelAction, type RelabelConfig } from "./relabel-config.ts";
export { type GlobalConfig, globalConfig, type ScrapeConfig, scrapeConfig, type TargetGroup } from "./scrape-config.ts";
export { ScrapeError, type ScrapeErrorCode } from "./scrape-error.ts";
export { type CompleteGlobal, completeGlobal, completeJob, type ScrapeJob } from "./scrape-job.ts";
export type { ScrapeStatus, TargetHealth } from "./scrape-loop.ts";
export { ScrapeManager, type ScrapeManagerOptions, type ScrapeTargets } from "./scrape-manager.ts";
export type { ActiveTarget, DroppedTarget } from "./scrape-pool.ts";
export type { TargetFiles } from "./target-files.ts";
