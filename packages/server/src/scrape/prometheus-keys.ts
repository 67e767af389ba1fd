/**
 * Keys of prometheus.yml that Haltwatch does not know: what Prometheus does with them, so that whoever moves over knows what is
 * missing. Source: Prometheus 3, config/config.go and discovery/; prometheus/common, config/http_config.go.
 */

type UnknownKeys = ReadonlyMap<string, string>;

const NATIVE = "Haltwatch stores classic histograms only";
const NAMES = "Haltwatch takes all names of UTF-8 as they are";
const PROXY = "Haltwatch asks targets directly, without a proxy";

const DISCOVERIES = (
  "aws azure consul digitalocean dns docker dockerswarm ec2 ecs elasticache eureka gce hetzner http ionos kubernetes kuma " +
  "lightsail linode marathon msk nerve nomad openstack outscale ovhcloud puppetdb rds scaleway serverset stackit triton uyuni vultr"
).split(" ");

const SHARED: readonly (readonly [key: string, reason: string])[] = [
  ["scrape_native_histograms", NATIVE],
  ["convert_classic_histograms_to_nhcb", NATIVE],
  ["always_scrape_classic_histograms", NATIVE],
  ["scrape_classic_histograms", NATIVE],
  ["metric_name_validation_scheme", NAMES],
  ["metric_name_escaping_scheme", NAMES],
  ["scrape_failure_log_file", "failed scrapes are shown with the targets"],
];

const TOP: UnknownKeys = new Map([
  ["alerting", "Haltwatch sends notifications itself: see its own configuration"],
  ["remote_write", "remote write is set up in Haltwatch's own configuration"],
  ["remote_read", "Haltwatch reads its own store only"],
  ["storage", "retention is set up in Haltwatch's own configuration"],
  ["tracing", "Haltwatch sends no traces"],
  ["otlp", "Haltwatch takes no OTLP"],
  ["runtime", "it is for Go's runtime"],
  ["scrape_config_files", "only scrape_configs of this file are read"],
]);

const GLOBAL: UnknownKeys = new Map([
  ...SHARED,
  ["query_log_file", "Haltwatch logs no queries"],
  ["rule_query_offset", "rules are evaluated without an offset"],
]);

const SCRAPE: UnknownKeys = new Map([
  ...SHARED,
  ...DISCOVERIES.map(
    (name) => [`${name}_sd_configs`, "Haltwatch discovers targets by static_configs and file_sd_configs"] as const,
  ),
  ["native_histogram_bucket_limit", NATIVE],
  ["native_histogram_min_bucket_factor", NATIVE],
  ["oauth2", "Haltwatch has basic_auth and authorization"],
  ["proxy_url", PROXY],
  ["no_proxy", PROXY],
  ["proxy_from_environment", PROXY],
  ["proxy_connect_header", PROXY],
  ["http_headers", "Haltwatch sends no headers of your own"],
  ["enable_http2", "Haltwatch scrapes over HTTP/1.1"],
]);

const TLS: UnknownKeys = new Map([
  ["ca", "name a ca_file"],
  ["cert", "name a cert_file"],
  ["key", "name a key_file"],
  ["ca_ref", "name a ca_file"],
  ["cert_ref", "name a cert_file"],
  ["key_ref", "name a key_file"],
  ["min_version", "Node's least version of TLS is taken"],
  ["max_version", "Node's newest version of TLS is taken"],
]);

export const UNKNOWN_KEYS = { top: TOP, global: GLOBAL, scrape: SCRAPE, tls: TLS } as const;

/** Those that are known at the top. */
export const TOP_KEYS: readonly string[] = ["global", "scrape_configs", "rule_files"];

/**
 * The mapping without what Haltwatch does not know.
 *
 * @param warn called with each key that is left out, and why
 */
export function knownPart(value: unknown, keys: UnknownKeys, warn: (key: string, reason: string) => void): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([key]) => {
    const reason = keys.get(key);
    if (reason !== undefined) warn(key, reason);
    return reason === undefined;
  });
  return Object.fromEntries(entries);
}
