/** The health checks that a configuration asks for, with the limits in force. */
import { resolve } from "node:path";
import {
  type AskQuery,
  type BackupLimits,
  type CpuMeter,
  cpuCheck,
  diskCheck,
  dnsCheck,
  fileDescriptorsCheck,
  type HealthCheck,
  httpCheck,
  httpDateCheck,
  inodesCheck,
  type Machine,
  memoryCheck,
  ntpCheck,
  routeCheck,
  scraperCheck,
  tcpCheck,
  tlsCheck,
  unitCheck,
  vaultCheck,
} from "@haltwatch/probes";
import type { ServerConfig } from "../config/server-config.ts";
import { addressOf } from "./health-config.ts";
import { limitOf } from "./limit-of.ts";

const NTP_PORT = 123;

export type HealthSettings = Pick<ServerConfig, "health" | "thresholds" | "packs" | "folder">;

export interface HealthCheckSources {
  /** Who has the scrapers' series. */
  readonly ask: AskQuery;
  /** Unix milliseconds: the clock in question. */
  readonly now: () => number;
  /** Of whoever looks again and again; without it the processors are looked at for a second. */
  readonly cpu?: CpuMeter;
  /** Of whoever looks again and again, too. */
  readonly machine?: Machine;
}

/** What changes from one moment to the next. */
export function loadChecks({ thresholds }: Pick<HealthSettings, "thresholds">, cpu?: CpuMeter): HealthCheck[] {
  const meter = cpu === undefined ? {} : { meter: cpu };
  return [
    cpuCheck({ limit: limitOf(thresholds, "health.cpu_percent_max"), ...meter }),
    memoryCheck({ limit: limitOf(thresholds, "health.memory_percent_max") }),
  ];
}

export function healthChecks(config: HealthSettings, sources: HealthCheckSources): HealthCheck[] {
  const { health, thresholds } = config;
  const machine = sources.machine === undefined ? {} : { machine: sources.machine };
  return [
    ...loadChecks(config, sources.cpu),
    ...health.disks.flatMap((path) => [
      diskCheck({ path, limit: limitOf(thresholds, "health.disk_percent_max"), ...machine }),
      inodesCheck({ path, limit: health.inodes_percent_max, ...machine }),
    ]),
    fileDescriptorsCheck({ limit: health.file_descriptors_percent_max }),
    ...networkChecks(config),
    ...clockChecks(config, sources),
    ...(health.vault_url === undefined ? [] : [vaultCheck({ url: health.vault_url, timeoutMs: health.timeout })]),
    ...scraperChecks(config, sources),
    ...health.units.map((unit) => unitCheck({ unit, timeoutMs: health.timeout })),
    ...targetChecks(config, sources),
  ];
}

export function backupLimits(config: Pick<ServerConfig, "thresholds">): BackupLimits {
  return {
    ageMaxSeconds: limitOf(config.thresholds, "health.backup_age_seconds_max"),
    bytesMin: limitOf(config.thresholds, "health.backup_bytes_min"),
  };
}

function networkChecks({ health: { network, timeout } }: HealthSettings): HealthCheck[] {
  if (network.length === 0) return [routeCheck()];
  return network.map(({ host, port }) =>
    tcpCheck({ host, port, name: `${host.includes(":") ? `[${host}]` : host}:${port}`, timeoutMs: timeout }, "network"),
  );
}

function clockChecks({ health }: HealthSettings, { now }: HealthCheckSources): HealthCheck[] {
  const { ntp_server, clock_url, clock_skew_max, timeout } = health;
  const options = { limitSeconds: clock_skew_max / 1000, timeoutMs: timeout, now };
  const server = ntp_server === undefined ? undefined : addressOf(ntp_server, NTP_PORT);
  return [
    ...(server === undefined ? [] : [ntpCheck({ ...server, ...options })]),
    ...(clock_url === undefined ? [] : [httpDateCheck({ url: clock_url, ...options })]),
  ];
}

function scraperChecks(config: HealthSettings, { ask }: HealthCheckSources): HealthCheck[] {
  const { health, packs } = config;
  const isWanted = health.scrapers ?? packs.some(({ name }) => name === "scraper");
  if (!isWanted) return [];
  const ageLimitSeconds = limitOf(config.thresholds, "scraper.success_age_seconds_max");
  return [scraperCheck({ ask, ageLimitSeconds, timeoutMs: health.timeout })];
}

function targetChecks({ health, folder }: HealthSettings, { now }: HealthCheckSources): HealthCheck[] {
  return health.targets.map((target) => {
    const { name } = target;
    const common = { name, timeoutMs: health.timeout };
    switch (target.kind) {
      case "http":
        return httpCheck({ ...common, url: target.url, expectStatus: target.expect_status });
      case "tcp":
        return tcpCheck({ ...common, ...target.address });
      case "tls": {
        const caFile = target.ca_file === undefined ? undefined : resolve(folder, target.ca_file);
        return tlsCheck({ ...common, ...target.address, daysMin: health.certificate_days_min, now, caFile });
      }
      case "dns":
        return dnsCheck({ ...common, host: target.host, expect: target.expect, server: target.server });
      default:
        return target satisfies never;
    }
  });
}
