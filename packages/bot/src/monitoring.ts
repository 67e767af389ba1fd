/**
 * A bot's monitoring as a whole: the registry, the `/metrics` server, the log and the CSV files, made from one
 * configuration and stopped together.
 */
import { readFileSync } from "node:fs";
import { type MonitoringConfig, type MonitoringOptions, monitoringConfig } from "./config/monitoring-config.ts";
import { readSecret } from "./config/secret-reference.ts";
import { CsvSink } from "./csv/csv-sink.ts";
import { ConfigError, type HaltwatchError } from "./errors.ts";
import { Guard } from "./guard/guard.ts";
import { type MetricsServer, startMetricsServer } from "./http/metrics-server.ts";
import { SYSTEM_CLOCK } from "./link/link-clock.ts";
import { type Link, startLink } from "./link/start-link.ts";
import { JsonLog } from "./log/json-log.ts";
import { collectProcessMetrics } from "./processes/process-metrics.ts";
import { type MetricSource, Registry } from "./registry/registry.ts";

/** What else {@link startMonitoring} may be told, mostly by tests. */
export interface MonitoringContext {
  /** Environment variables (default: the process's own). */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Serve this instead of the registry alone: a `RegistryPool` of several processes. */
  readonly source?: ((registry: Registry) => MetricSource) | undefined;
}

/** Running monitoring. */
export interface Monitoring {
  readonly config: MonitoringConfig;
  /** For metrics of your own. Reports mistakes once in the log, and never throws them while recording. */
  readonly registry: Registry;
  /** One JSON object a line. */
  readonly log: JsonLog;
  /** Where records are also written, if `csv_dir` is configured. */
  readonly csv: CsvSink | undefined;
  /** Of `/metrics`; `undefined` where monitoring is switched off. */
  readonly url: string | undefined;
  /**
   * To be asked before each order. Without a `link_url` there is never a lease: then nothing is allowed, unless `lost_lease` says
   * otherwise.
   */
  readonly guard: Guard;
  /** With Haltwatch, if a `link_url` is configured: also where metrics are switched off, as it is no metric. */
  readonly link: Link | undefined;
  /** Answers the scrapes under way, writes out what waits, and leaves nothing behind. Any number of times. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts what the configuration asks for. Everything that can be wrong is found here, at start-up; after it, the bot is
 * never disturbed: mistakes are counted, told once in the log, and recording goes on.
 *
 * @param source a TOML file's path, or the options themselves; left out: `config/monitoring.toml` if it is there
 * @throws {ConfigError} where the configuration is wrong, {@link ListenError} where the address cannot be had
 */
export async function startMonitoring(
  source?: string | MonitoringOptions,
  context: MonitoringContext = {},
): Promise<Monitoring> {
  const env = context.env ?? process.env;
  const config = monitoringConfig(source, env);
  const serverOptions = config.enabled ? readServerFiles(config, env) : undefined;
  const log = config.enabled ? await JsonLog.open({ ...config.log, bot: config.botName }) : JsonLog.silent();
  const registry = new Registry({ mistakes: (error) => tell(log, "metric_mistake", error) });
  const stops: (() => void | Promise<void>)[] = [];
  try {
    const link = openLink(config, registry, log, env);
    if (link !== undefined) stops.push(() => link.stop());
    const guard =
      link?.guard ?? new Guard({ ...config, clock: SYSTEM_CLOCK, noLeaseReason: "no link_url is configured" });
    const csv = config.enabled ? await openCsv(config, log) : undefined;
    if (csv !== undefined) stops.push(() => csv.close());
    if (config.processMetrics) stops.push(collectProcessMetrics(registry));
    let server: MetricsServer | undefined;
    if (serverOptions !== undefined) {
      server = await startMetricsServer({
        ...serverOptions,
        source: context.source?.(registry) ?? registry,
        title: config.botName,
        onWarning: (message) => log.warn("metrics_server", { message }),
      });
      stops.push(() => server?.stop());
      log.info("metrics_started", { url: server.url });
    }
    return running({ config, registry, log, csv, url: server?.url, guard, link }, stops);
  } catch (error) {
    for (const stop of stops.reverse()) await stop();
    await log.close();
    throw error;
  }
}

function running(
  parts: Omit<Monitoring, "stop" | typeof Symbol.asyncDispose>,
  stops: readonly (() => void | Promise<void>)[],
): Monitoring {
  const { log } = parts;
  let stopping: Promise<void> | undefined;
  const stopAll = async (): Promise<void> => {
    // The server first: what a scrape under way reads must not go while it reads. Each keeps within its own time limit.
    for (const stop of [...stops].reverse()) {
      try {
        await stop();
      } catch (error) {
        log.error("stop_failed", { error });
      }
    }
    log.info("metrics_stopped");
    await log.close();
  };
  const stop = (): Promise<void> => {
    stopping ??= stopAll();
    return stopping;
  };
  return { ...parts, stop, [Symbol.asyncDispose]: stop };
}

function openLink(
  { link, lostLease }: MonitoringConfig,
  registry: Registry,
  log: JsonLog,
  env: Readonly<Record<string, string | undefined>>,
): Link | undefined {
  if (link === undefined) return undefined;
  const { url, bot } = link;
  const token = link.token === undefined ? undefined : readSecret(link.token, env, { key: "link_token" });
  return startLink({ url, bot, token, registry, lostLease, log });
}

async function openCsv(config: MonitoringConfig, log: JsonLog): Promise<CsvSink | undefined> {
  if (config.csv === undefined) return undefined;
  return CsvSink.open({ ...config.csv, onProblem: (error) => tell(log, "csv_problem", error) });
}

function readServerFiles(config: MonitoringConfig, env: Readonly<Record<string, string | undefined>>) {
  const { tls, token } = config;
  return {
    host: config.bindAddress.host,
    port: config.bindAddress.port,
    tls:
      tls === undefined
        ? undefined
        : { cert: readPem(tls.certFile, "tls_cert_file"), key: readPem(tls.keyFile, "tls_key_file") },
    token: token === undefined ? undefined : readSecret(token, env, { key: "token" }),
  };
}

function readPem(file: string, key: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError("UNREADABLE_FILE", `${key} cannot be read`, {
      file,
      key,
      hint: "Name a PEM file that the bot's user may read",
      cause: error,
    });
  }
}

function tell(log: JsonLog, event: string, error: HaltwatchError): void {
  log.error(event, { code: error.code, message: error.oneLine() });
}
