/** Paths in a configuration are relative to its folder. Source: Prometheus 3, config/config.go (`SetDirectory`). */
import { dirname, isAbsolute, join } from "node:path";
import type { FileDiscoveryConfig } from "./scrape-config.ts";
import type { ScrapeJob } from "./scrape-job.ts";

/** The path as seen from where the process runs. */
export function fromConfig(path: string, configFile: string): string {
  return isAbsolute(path) ? path : join(dirname(configFile), path);
}

/**
 * The job with all its paths as seen from where the process runs.
 *
 * @param configFile in whose folder relative paths begin
 */
export function withFoldersOf(job: ScrapeJob, configFile: string): ScrapeJob {
  const { basic_auth, authorization, tls_config, file_sd_configs, ...rest } = job;
  return {
    ...withPaths(rest, configFile),
    ...(basic_auth === undefined ? {} : { basic_auth: withPaths(basic_auth, configFile) }),
    ...(authorization === undefined ? {} : { authorization: withPaths(authorization, configFile) }),
    ...(tls_config === undefined ? {} : { tls_config: withPaths(tls_config, configFile) }),
    ...(file_sd_configs === undefined
      ? {}
      : { file_sd_configs: file_sd_configs.map((of) => withFiles(of, configFile)) }),
  };
}

function withFiles(config: FileDiscoveryConfig, configFile: string): FileDiscoveryConfig {
  return { ...config, files: config.files.map((path) => fromConfig(path, configFile)) };
}

/** Of a mapping in which keys that end in `_file` are paths, and secrets may be `file:PATH`. */
function withPaths<T extends object>(config: T, configFile: string): T {
  const entries = Object.entries(config).map(([key, value]) => {
    if (typeof value !== "string") return [key, value];
    if (key.endsWith("_file")) return [key, fromConfig(value, configFile)];
    const isSecretFile = SECRET_KEYS.has(key) && value.startsWith(FILE_PREFIX);
    return [key, isSecretFile ? `${FILE_PREFIX}${fromConfig(value.slice(FILE_PREFIX.length), configFile)}` : value];
  });
  return Object.fromEntries(entries) as T; // the same keys with values of the same types
}

const FILE_PREFIX = "file:";
const SECRET_KEYS: ReadonlySet<string> = new Set(["password", "credentials", "bearer_token"]);
