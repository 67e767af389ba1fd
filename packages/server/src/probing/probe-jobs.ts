/** Scrape jobs for services that probe beside Haltwatch: where they run is said once, and Haltwatch knows it. */
import { completeJob, type ScrapeJob } from "../scrape/scrape-job.ts";
import type { ProbeSettings } from "./probe-settings.ts";

export const HEARTBEAT_JOB = "heartbeat";
export const BALANCES_JOB = "balances";

/** Often, so that what a beat has seen is acted upon soon. */
const SCRAPE_INTERVAL_MS = 2_000;

export function probeJobs({ heartbeat, balances }: ProbeSettings): ScrapeJob[] {
  const services = [
    { job: HEARTBEAT_JOB, settings: heartbeat },
    { job: BALANCES_JOB, settings: balances },
  ];
  return services.flatMap(({ job, settings }) => {
    if (settings?.run_by !== "service") return [];
    const timing = { scrape_interval: SCRAPE_INTERVAL_MS, scrape_timeout: SCRAPE_INTERVAL_MS };
    return [completeJob({ job_name: job, ...timing, static_configs: [{ targets: [settings.listen], labels: {} }] })];
  });
}
