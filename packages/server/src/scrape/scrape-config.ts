/**
 * What is to be scraped, in Prometheus's own keys. Source: Prometheus 3, config/config.go (`GlobalConfig`, `ScrapeConfig`),
 * discovery/file/file.go. Durations are milliseconds and sizes bytes once they are read; a limit of 0 is none.
 */
import { z } from "zod";
import { bytes, duration, flag, optional, text, textByName, textList, wholeNumber } from "./config-values.ts";
import { HTTP_CLIENT_KEYS, httpClientFault } from "./http-client-config.ts";
import { relabelConfig } from "./relabel-config.ts";

/** Of Prometheus's scrape protocols, the text formats. */
export const SCRAPE_PROTOCOLS = [
  "OpenMetricsText1.0.0",
  "OpenMetricsText0.0.1",
  "PrometheusText1.0.0",
  "PrometheusText0.0.4",
] as const;

export type ScrapeProtocol = (typeof SCRAPE_PROTOCOLS)[number];

const protocol = z.enum(SCRAPE_PROTOCOLS, { error: `Haltwatch reads ${SCRAPE_PROTOCOLS.join(", ")}` });
const protocols = z
  .array(protocol)
  .min(1, { error: "scrape_protocols is empty" })
  .refine((list) => new Set(list).size === list.length, { error: "a protocol is there twice" });

/** What a job has of its own, or else from `global`. */
const SHARED_KEYS = {
  scrape_interval: optional(duration),
  scrape_timeout: optional(duration),
  scrape_protocols: optional(protocols),
  body_size_limit: optional(bytes),
  sample_limit: optional(wholeNumber),
  target_limit: optional(wholeNumber),
  label_limit: optional(wholeNumber),
  label_name_length_limit: optional(wholeNumber),
  label_value_length_limit: optional(wholeNumber),
  keep_dropped_targets: optional(wholeNumber),
  extra_scrape_metrics: optional(flag),
};

export const globalConfig = z.strictObject({
  ...SHARED_KEYS,
  evaluation_interval: optional(duration),
  external_labels: optional(textByName),
});

/** Targets with what labels they have in common. */
export const targetGroup = z.strictObject({
  targets: optional(textList),
  labels: optional(textByName),
});

/** A pattern may have an asterisk in its last part. Source: discovery/file/file.go, patFileSDName. */
const FILE_PATTERN = /^[^*]*(?:\*[^/]*)?\.(?:json|yml|yaml|JSON|YML|YAML)$/;

const fileDiscovery = z.strictObject({
  files: z
    .array(
      text.refine((path) => FILE_PATTERN.test(path), {
        error: "a file of targets ends in .json, .yml or .yaml, and has an asterisk in its last part only",
      }),
    )
    .min(1, { error: "files is empty" }),
  refresh_interval: optional(duration),
});

export const scrapeConfig = z
  .strictObject({
    job_name: text.refine((name) => name !== "", { error: "job_name is empty" }),
    ...SHARED_KEYS,
    metrics_path: optional(text),
    scheme: optional(z.enum(["http", "https"], { error: "scheme is http or https" })),
    params: optional(z.record(z.string(), textList, { error: "write names and lists of texts here" })),
    honor_labels: optional(flag),
    honor_timestamps: optional(flag),
    track_timestamps_staleness: optional(flag),
    fallback_scrape_protocol: optional(protocol),
    enable_compression: optional(flag),
    ...HTTP_CLIENT_KEYS,
    static_configs: optional(z.array(targetGroup)),
    file_sd_configs: optional(z.array(fileDiscovery)),
    relabel_configs: optional(z.array(relabelConfig)),
    metric_relabel_configs: optional(z.array(relabelConfig)),
  })
  .superRefine((config, context) => {
    const fault = httpClientFault(config);
    if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
  });

export type GlobalConfig = z.output<typeof globalConfig>;
export type ScrapeConfig = z.output<typeof scrapeConfig>;
export type TargetGroup = z.output<typeof targetGroup>;
export type FileDiscoveryConfig = z.output<typeof fileDiscovery>;
