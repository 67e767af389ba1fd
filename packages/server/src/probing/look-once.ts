/** One look at everything, without a Haltwatch that runs: what `haltwatch health` and `haltwatch backup check` do. */
import { resolve } from "node:path";
import { parseBindAddress } from "@haltwatch/bot/config";
import { type BackupResult, checkBackup, type HealthReport, healthReport } from "@haltwatch/probes";
import type { ServerConfig } from "../config/server-config.ts";
import { Secrets } from "../secrets/index.ts";
import { askPrometheus } from "./ask-queries.ts";
import { backupLimits, healthChecks } from "./health-checks.ts";

export async function lookAtHealth(
  config: ServerConfig,
  env: Readonly<Record<string, string | undefined>>,
): Promise<HealthReport> {
  const { prometheus_url } = config.health;
  const token = prometheus_url === undefined ? await readToken(config, env) : undefined;
  const ask = askPrometheus(prometheus_url ?? urlOf(config), token);
  return healthReport(healthChecks(config, { ask, now: Date.now }), Date.now);
}

export function lookAtBackups(
  config: Pick<ServerConfig, "backups" | "folder" | "thresholds">,
): Promise<BackupResult[]> {
  const limits = backupLimits(config);
  return Promise.all(
    config.backups.map(({ name, path }) =>
      checkBackup({ name, path: resolve(config.folder, path) }, limits, Date.now()),
    ),
  );
}

async function readToken(
  { web, folder }: ServerConfig,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if (web.read_token === undefined) return undefined;
  return new Secrets({ env, folder }).read(web.read_token, "web.read_token");
}

/** Where the Haltwatch with these settings is reached from its own machine. */
function urlOf({ web }: ServerConfig): string {
  const address = parseBindAddress(web.listen);
  if (typeof address === "string") throw new TypeError("checked when the configuration was read");
  const host = address.host === "0.0.0.0" || address.host === "::" ? "localhost" : address.host;
  const scheme = web.tls_cert_file === undefined ? "http" : "https";
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
}
