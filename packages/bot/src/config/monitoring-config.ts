/**
 * How a bot's monitoring is set up: defaults, then `config/monitoring.toml` (or an object), then the environment.
 * Every mistake names the file, line and key, and says what to write.
 */
import { readFileSync } from "node:fs";
import { DEFAULT_LATENCY_BUCKETS_MS } from "../arbitrage/metrics.ts";
import { ConfigError, type ErrorPlace } from "../errors.ts";
import { LOST_LEASES, type LostLease } from "../guard/guard.ts";
import { bucketsFault } from "../instruments/histogram.ts";
import { LOG_LEVELS, type LogLevel } from "../log/json-log.ts";
import { nearest } from "../nearest.ts";
import { type BindAddress, parseBindAddress } from "./bind-address.ts";
import { type SecretReference, secretReference } from "./secret-reference.ts";
import { parseToml, placeOfKey, type TomlTable } from "./toml.ts";

/** Where metrics are served unless said otherwise: this machine only. */
const DEFAULT_BIND_ADDRESS: BindAddress = { host: "127.0.0.1", port: 9898 };

/** Where the configuration is looked for unless another file is named; it need not exist. */
const DEFAULT_CONFIG_FILE = "config/monitoring.toml";

/**
 * What can be configured, under the names it has in the file. In code, the same object is passed with these keys.
 * The environment variables `METRICS_ENABLED` and `METRICS_PORT` win over both.
 */
export interface MonitoringOptions {
  /** False: records are kept in memory, and nothing is served, logged or written (default true). */
  readonly metrics_enabled?: boolean | undefined;
  /** `host:port` to serve `/metrics` on (default `127.0.0.1:9898`). */
  readonly prometheus_bind_addr?: string | undefined;
  /** Where the Slack webhook's URL is kept: `env:NAME`, `file:PATH` or `keyring:NAME`. Read by Haltwatch, not by the bot. */
  readonly slack_webhook_url?: string | undefined;
  /** The bot's name in the log (default none). */
  readonly bot_name?: string | undefined;
  /** Upper bounds of `latency_ms`, milliseconds, ascending. */
  readonly latency_buckets_ms?: readonly number[] | undefined;
  /** Also serve the process's own CPU, memory and event loop (default true). */
  readonly process_metrics?: boolean | undefined;
  /** Where the bearer token that scrapers must send is kept: `env:NAME` or `file:PATH` (default: no token). */
  readonly token?: string | undefined;
  /** PEM files; both or neither. */
  readonly tls_cert_file?: string | undefined;
  readonly tls_key_file?: string | undefined;
  /** Write the records to CSV files too, in this directory. */
  readonly csv_dir?: string | undefined;
  /** A CSV file is continued in another one beyond this size, bytes (default 64 MiB). */
  readonly csv_max_file_bytes?: number | undefined;
  /** CSV files older than this are deleted, days (default 30). */
  readonly csv_keep_days?: number | undefined;
  /** `stderr`, `stdout`, or a file's path (default `stderr`). */
  readonly log?: string | undefined;
  /** `debug`, `info`, `warn` or `error` (default `info`). */
  readonly log_level?: LogLevel | undefined;
  /** Where Haltwatch is: `http://127.0.0.1:9898`. With it the bot is linked, and needs a `bot_name` (default: no link). */
  readonly link_url?: string | undefined;
  /** Where the token for the link is kept: `env:NAME` or `file:PATH` (default: no token). */
  readonly link_token?: string | undefined;
  /** What it means that Haltwatch is not heard of: `halt` (default), `reduce`, or `open`, which trades on unwatched. */
  readonly lost_lease?: LostLease | undefined;
}

/** The whole configuration, checked. */
export interface MonitoringConfig {
  readonly enabled: boolean;
  readonly bindAddress: BindAddress;
  readonly slackWebhook: SecretReference | undefined;
  readonly botName: string | undefined;
  readonly latencyBucketsMs: readonly number[];
  readonly processMetrics: boolean;
  readonly token: SecretReference | undefined;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly csv:
    | { readonly dir: string; readonly maxFileBytes: number | undefined; readonly keepDays: number | undefined }
    | undefined;
  readonly log: { readonly destination: "stderr" | "stdout" | { readonly file: string }; readonly level: LogLevel };
  /** `undefined`: no link. */
  readonly link:
    | { readonly url: string; readonly bot: string; readonly token: SecretReference | undefined }
    | undefined;
  readonly lostLease: LostLease;
}

/** A hundred years: what is more is meant as "for ever". */
const MAX_KEEP_DAYS = 36_500;

type Environment = Readonly<Record<string, string | undefined>>;
type Key = keyof MonitoringOptions;

/** What a value has to be, as the end of "… must be". Gives the fault, or nothing if the value is sound. */
type Check = (value: unknown) => string | undefined;

const string: Check = (value) => (typeof value === "string" && value !== "" ? undefined : "a text that is not empty");
const boolean: Check = (value) => (typeof value === "boolean" ? undefined : "true or false");
const wholeAboveZero: Check = (value) =>
  typeof value === "number" && Number.isInteger(value) && value > 0 ? undefined : "a whole number above 0";

const CHECKS: Readonly<Record<Key, Check>> = {
  metrics_enabled: boolean,
  prometheus_bind_addr: (value) => {
    const read = typeof value === "string" ? parseBindAddress(value) : "";
    return typeof read === "string" ? 'host:port, such as "127.0.0.1:9898"' : undefined;
  },
  slack_webhook_url: string,
  bot_name: string,
  latency_buckets_ms: (value) =>
    bucketsFault(value as readonly number[]) === undefined // bucketsFault checks what it is given
      ? undefined
      : "upper bounds in milliseconds in ascending order, such as [50, 100, 200, 500, 1000]",
  process_metrics: boolean,
  token: string,
  tls_cert_file: string,
  tls_key_file: string,
  csv_dir: string,
  csv_max_file_bytes: wholeAboveZero,
  csv_keep_days: (value) =>
    wholeAboveZero(value) === undefined && Number(value) <= MAX_KEEP_DAYS
      ? undefined
      : `a whole number from 1 to ${MAX_KEEP_DAYS}`,
  log: string,
  log_level: (value) => (LOG_LEVELS.includes(value as LogLevel) ? undefined : `one of ${LOG_LEVELS.join(", ")}`),
  link_url: (value) =>
    typeof value === "string" && /^(?:https?|wss?):\/\/[^/@]+(?:\/[^@]*)?$/i.test(value) && URL.canParse(value)
      ? undefined
      : 'Haltwatch\'s address, such as "http://127.0.0.1:9898"',
  link_token: string,
  lost_lease: (value) => (LOST_LEASES.includes(value as LostLease) ? undefined : `one of ${LOST_LEASES.join(", ")}`),
};

/**
 * The configuration from a file or an object, and the environment.
 *
 * @param source a file's path, or the options themselves; left out: {@link DEFAULT_CONFIG_FILE} if it is there
 * @throws {ConfigError} where anything in it is unreadable, unknown or wrong
 */
export function monitoringConfig(source: string | MonitoringOptions | undefined, env: Environment): MonitoringConfig {
  const read = typeof source === "object" ? { table: { ...source }, place: placeInCode } : readFile(source);
  for (const [key, value] of Object.entries(read.table)) {
    if (value !== undefined) checkEntry(key, value, read.place(key));
  }
  const options: MonitoringOptions = read.table; // every key and value has just been checked
  return resolve(options, read.place, env);
}

type Place = (key: string) => ErrorPlace;

function placeInCode(key: string): ErrorPlace {
  return { key };
}

function readFile(path: string | undefined): { table: TomlTable; place: Place } {
  const file = path ?? DEFAULT_CONFIG_FILE;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT"; // readFileSync throws these
    if (missing && path === undefined) return { table: {}, place: placeInCode };
    throw new ConfigError(
      "UNREADABLE_FILE",
      missing ? "this file does not exist" : `this file cannot be read: ${(error as Error).message}`,
      {
        file,
        hint: "Name a TOML file, or leave the name out to use the defaults",
        cause: error,
      },
    );
  }
  return { table: parseToml(text, file), place: (key) => ({ file, key, ...placeOfKey(text, [key]) }) };
}

function checkEntry(key: string, value: unknown, place: ErrorPlace): void {
  const check = Object.hasOwn(CHECKS, key) ? CHECKS[key as Key] : undefined;
  if (check === undefined) {
    const near = nearest(key, Object.keys(CHECKS));
    throw new ConfigError("UNKNOWN_KEY", `unknown key "${key}"`, {
      ...place,
      hint: near === undefined ? `Known are: ${Object.keys(CHECKS).join(", ")}` : `Did you mean "${near}"?`,
    });
  }
  const wanted = check(value);
  if (wanted === undefined) return;
  throw new ConfigError("BAD_VALUE", `${key} must be ${wanted}`, { ...place, hint: `It is ${show(key, value)}` });
}

function resolve(options: MonitoringOptions, place: Place, env: Environment): MonitoringConfig {
  const { tls_cert_file: certFile, tls_key_file: keyFile, csv_dir: dir } = options;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const there = certFile === undefined ? "tls_key_file" : "tls_cert_file";
    const missing = certFile === undefined ? "tls_cert_file" : "tls_key_file";
    throw new ConfigError("BAD_VALUE", `${there} is set, ${missing} is not`, {
      ...place(there),
      hint: "TLS needs both: the certificate's file and its key's, in PEM",
    });
  }
  const secret = (key: "slack_webhook_url" | "token" | "link_token"): SecretReference | undefined => {
    const text = options[key];
    return text === undefined ? undefined : secretReference(text, place(key));
  };
  return {
    enabled: enabledFrom(env) ?? options.metrics_enabled ?? true,
    bindAddress: bindAddressFrom(options.prometheus_bind_addr, env),
    slackWebhook: secret("slack_webhook_url"),
    botName: options.bot_name,
    latencyBucketsMs: options.latency_buckets_ms ?? DEFAULT_LATENCY_BUCKETS_MS,
    processMetrics: options.process_metrics ?? true,
    token: secret("token"),
    tls: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
    csv:
      dir === undefined
        ? undefined
        : { dir, maxFileBytes: options.csv_max_file_bytes, keepDays: options.csv_keep_days },
    log: { destination: logDestination(options.log), level: options.log_level ?? "info" },
    link: linkFrom(options, place, secret("link_token")),
    lostLease: options.lost_lease ?? "halt",
  };
}

function linkFrom(
  { link_url: url, bot_name: bot }: MonitoringOptions,
  place: Place,
  token: SecretReference | undefined,
): MonitoringConfig["link"] {
  if (url === undefined) return undefined;
  if (bot !== undefined) return { url, bot, token };
  throw new ConfigError("BAD_VALUE", "link_url is set, bot_name is not", {
    ...place("link_url"),
    hint: "Haltwatch knows bots by their names: give this one a bot_name",
  });
}

function bindAddressFrom(text: string | undefined, env: Environment): BindAddress {
  const configured = text === undefined ? DEFAULT_BIND_ADDRESS : parseBindAddress(text);
  if (typeof configured === "string") throw new TypeError(configured); // checkEntry has let it through
  const port = env["METRICS_PORT"];
  if (port === undefined || port === "") return configured;
  if (/^\d{1,5}$/.test(port) && Number(port) <= 65_535) return { host: configured.host, port: Number(port) };
  throw new ConfigError("BAD_VALUE", `the environment variable METRICS_PORT must be a port, from 0 to 65535`, {
    key: "METRICS_PORT",
    hint: `It is ${JSON.stringify(port)}`,
  });
}

function enabledFrom(env: Environment): boolean | undefined {
  const text = env["METRICS_ENABLED"]?.trim().toLowerCase();
  if (text === undefined || text === "") return undefined;
  if (["true", "1", "yes", "on"].includes(text)) return true;
  if (["false", "0", "no", "off"].includes(text)) return false;
  throw new ConfigError("BAD_VALUE", "the environment variable METRICS_ENABLED must be true or false", {
    key: "METRICS_ENABLED",
    hint: `It is ${JSON.stringify(text)}`,
  });
}

function logDestination(log: string | undefined): "stderr" | "stdout" | { readonly file: string } {
  if (log === undefined || log === "stderr" || log === "stdout") return log ?? "stderr";
  return { file: log };
}

/** The value at fault, unless it may be a secret. */
function show(key: string, value: unknown): string {
  return ["token", "slack_webhook_url", "link_token", "link_url"].includes(key)
    ? "something else"
    : JSON.stringify(value);
}
