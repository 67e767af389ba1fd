/**
 * A scrape configuration as a real Prometheus takes it: only what differs from its defaults, so that an older one does not meet keys
 * that it does not know; secrets by file, for it knows no other way.
 */
import { formatDuration } from "@haltwatch/promql";
import type { RelabelConfig } from "../scrape/relabel-config.ts";
import { SCRAPE_PROTOCOLS } from "../scrape/scrape-config.ts";
import { completeJob, type ScrapeJob } from "../scrape/scrape-job.ts";
import type { ExportPlaces } from "./export-places.ts";

type Keys = Readonly<Record<string, unknown>>;

/** Read below, each in its own way. */
const OWN_WAY: ReadonlySet<string> = new Set([
  "job_name",
  "scrape_interval",
  "scrape_timeout",
  "scrape_protocols",
  "basic_auth",
  "authorization",
  "bearer_token",
  "bearer_token_file",
  "tls_config",
  "file_sd_configs",
  "relabel_configs",
  "metric_relabel_configs",
]);

const RELABEL_DEFAULTS: Keys = { separator: ";", regex: "(.*)", modulus: 0, target_label: "", replacement: "$1" };

export function scrapeJobKeys(job: ScrapeJob, places: ExportPlaces): Keys {
  const { job_name, scrape_interval, scrape_timeout, scrape_protocols } = job;
  const defaults: Keys = completeJob({ job_name });
  const plain = Object.entries(job).filter(([key, value]) => !OWN_WAY.has(key) && value !== defaults[key]);
  const isUsual = scrape_protocols.join() === SCRAPE_PROTOCOLS.join();
  return {
    ...{ job_name, scrape_interval: formatDuration(scrape_interval), scrape_timeout: formatDuration(scrape_timeout) },
    ...(isUsual ? {} : { scrape_protocols }),
    ...Object.fromEntries(plain),
    ...httpClientKeys(job, places),
    ...discoveryKeys(job, places),
    ...relabelKeys("relabel_configs", job.relabel_configs),
    ...relabelKeys("metric_relabel_configs", job.metric_relabel_configs),
  };
}

function httpClientKeys({ job_name, ...job }: ScrapeJob, places: ExportPlaces): Keys {
  const { basic_auth, authorization, bearer_token, bearer_token_file, tls_config } = job;
  const byFile = (key: string, reference: string | undefined, file: string | undefined): Keys => {
    const where = reference ?? (file === undefined ? undefined : `file:${file}`);
    if (where === undefined) return {};
    return { [`${key}_file`]: places.secret(where, `scrape-${slug(job_name)}-${slug(key)}`, `${key} of ${job_name}`) };
  };
  return {
    ...(basic_auth === undefined
      ? {}
      : {
          basic_auth: {
            ...(basic_auth.username === undefined ? {} : { username: basic_auth.username }),
            ...byFile("username", undefined, basic_auth.username_file),
            ...byFile("password", basic_auth.password, basic_auth.password_file),
          },
        }),
    ...(authorization === undefined
      ? {}
      : {
          authorization: {
            type: authorization.type ?? "Bearer",
            ...byFile("credentials", authorization.credentials, authorization.credentials_file),
          },
        }),
    ...byFile("bearer_token", bearer_token, bearer_token_file),
    ...(tls_config === undefined
      ? {}
      : {
          tls_config: Object.fromEntries(
            Object.entries(tls_config).map(([key, value]) => [
              key,
              key.endsWith("_file") ? places.file(String(value)) : value,
            ]),
          ),
        }),
  };
}

function discoveryKeys({ file_sd_configs }: ScrapeJob, places: ExportPlaces): Keys {
  if (file_sd_configs === undefined) return {};
  return {
    file_sd_configs: file_sd_configs.map(({ files, refresh_interval }) => ({
      files: files.map((path) => places.file(path)),
      ...(refresh_interval === undefined ? {} : { refresh_interval: formatDuration(refresh_interval) }),
    })),
  };
}

function relabelKeys(key: string, rules: readonly RelabelConfig[] | undefined): Keys {
  if (rules === undefined || rules.length === 0) return {};
  return {
    [key]: rules.map(({ source_labels, action, ...rest }) => ({
      ...(source_labels.length === 0 ? {} : { source_labels }),
      ...Object.fromEntries(Object.entries(rest).filter(([name, value]) => value !== RELABEL_DEFAULTS[name])),
      action,
    })),
  };
}

/** A part of a file's name. */
export function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return plain === "" ? "x" : plain;
}
