/**
 * `haltwatch.toml`: what Haltwatch does, and where. Layers are defaults, the file, the environment, the command line; each
 * value knows which of them it is from.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { ConfigError } from "@haltwatch/bot";
import { parseBindAddress, parseToml, type TomlTable } from "@haltwatch/bot/config";
import { type Pack, SYSTEM_PACK } from "@haltwatch/packs";
import { z } from "zod";
import { NOTIFY_KEYS, type NotifySettings, notifySettings } from "../notify/notify-settings.ts";
import { findPacks } from "../packs/find-packs.ts";
import { orchestratorConfigs } from "../pausing/orchestrator-config.ts";
import { ORDER_COUNTERS } from "../pausing/trading-after-pause.ts";
import { DEAD_MAN_KEYS } from "../probing/dead-man-config.ts";
import { HEALTH_KEYS } from "../probing/health-config.ts";
import { probeJobs } from "../probing/probe-jobs.ts";
import { PROBE_KEYS, type ProbeSettings, probeSettings } from "../probing/probe-settings.ts";
import { refuseSecretKeys } from "../probing/refuse-secret-keys.ts";
import { SCHEDULE_KEYS } from "../probing/schedule-config.ts";
import { bytes, duration, flag, optional, text, textByName, textList, wholeNumber } from "../scrape/config-values.ts";
import { withFoldersOf } from "../scrape/file-paths.ts";
import { type PrometheusConfig, readPrometheusYml } from "../scrape/prometheus-yml.ts";
import { globalConfig, scrapeConfig } from "../scrape/scrape-config.ts";
import { completeGlobal, completeJob, type ScrapeJob } from "../scrape/scrape-job.ts";
import { parseSecretReference } from "../secrets/index.ts";
import { type ConfigSource, DEFAULT_ORIGIN, environmentName, type Origin } from "./config-source.ts";
import { overlaid, overlayFile } from "./environment-overlay.ts";
import { placeOfValue } from "./place-of-value.ts";
import { resolveThresholds, type SettingValue, type ThresholdValue } from "./thresholds.ts";

/** Where the configuration is looked for unless another file is named; it need not exist. */
const DEFAULT_CONFIG_FILE = "haltwatch.toml";

const address = text.refine((value) => typeof parseBindAddress(value) !== "string", {
  error: "write an address like 127.0.0.1:9898",
});

const secret = text.transform((value, context) => {
  const reference = parseSecretReference(value);
  if (reference !== undefined) return reference;
  const message =
    "a secret does not belong in a file: write env:NAME, file:PATH, credential:NAME or keyring:NAME, where it is kept";
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

/** A smaller file would be full with a line or two, and there would be no end of files. */
const LEAST_LOG_BYTES = 64_000;

const schema = z.strictObject({
  web: z
    .strictObject({
      /** Where the API and the page are served. */
      listen: address.default("127.0.0.1:9898"),
      /** As others reach it: for links in messages. */
      external_url: optional(text),
      tls_cert_file: optional(text),
      tls_key_file: optional(text),
      /** For whoever only looks. */
      read_token: optional(secret),
      /** For whoever changes something. */
      control_token: optional(secret),
      /** Names by which a proxy asks for it. */
      allowed_hosts: textList.default([]),
      insecure: flag.default(false),
    })
    .prefault({}),
  storage: z
    .strictObject({
      path: text.default("haltwatch.db"),
      retention: duration.prefault("30d"),
      retention_size: optional(bytes),
    })
    .prefault({}),
  rules: z
    .strictObject({
      files: textList.default([]),
      evaluation_interval: duration.prefault("15s"),
      /** The pack about Haltwatch itself, which goes by its own metrics. */
      system: flag.default(true),
    })
    .prefault({}),
  watching: z
    .strictObject({
      /** Haltwatch's own metrics as series of its store, each 5 s: what the system rules go by. */
      own_metrics: flag.default(true),
    })
    .prefault({}),
  packs: z
    .strictObject({
      /** Names of ours, and folders of own ones: `./my-pack`. */
      enabled: textList.default([]),
    })
    .prefault({}),
  /** Where the bots' own files are that packs read, by name: `exec = "config/exec.yml"`. */
  bot_files: textByName.default({}),
  /** Limits by name, `exec.fill_ratio_min = 0.9`: above the packs' defaults and the bots' own files. */
  thresholds: z.record(z.string(), z.unknown(), { error: "write names and numbers here" }).default({}),
  /** What bounds queries over HTTP: while one is evaluated nothing else is, see docs/adr/0008-queries-on-the-main-thread.md. */
  query: z
    .strictObject({
      /** Longest query with its wait. */
      timeout: duration.prefault("10s"),
      /** Longest that one is evaluated: so long targets are not scraped and rules not evaluated. */
      evaluation_timeout: duration.prefault("1s"),
      /** Most samples that one reads and holds. */
      max_samples: wholeNumber.default(10_000_000),
    })
    .prefault({}),
  /** Where bots link, at /api/haltwatch/link of the same address. */
  link: z
    .strictObject({
      /** What bots show. Without one, any program on this machine may link. */
      token: optional(secret),
      /** Counters of orders: after an acknowledged pause they must not rise. */
      order_counters: textList.default([...ORDER_COUNTERS]),
      /** How long after the acknowledgement orders may be recorded that were under way. */
      order_grace: duration.prefault("0s"),
    })
    .prefault({}),
  /** Who pauses the bots that are not on the link. */
  orchestrators: orchestratorConfigs.default([]),
  ...NOTIFY_KEYS,
  ...HEALTH_KEYS,
  ...SCHEDULE_KEYS,
  ...DEAD_MAN_KEYS,
  ...PROBE_KEYS,
  dashboards: z
    .strictObject({
      /** Grafana dashboards to show beside those of packs: files, folders, or patterns. */
      paths: textList.default([]),
    })
    .prefault({}),
  /** A prometheus.yml to take scrape configurations, rule files, external labels and the evaluation interval from. */
  prometheus_config: optional(text),
  global: globalConfig.prefault({}),
  scrape_configs: z.array(scrapeConfig).default([]),
  external_labels: textByName.default({}),
  log: z
    .strictObject({
      level: z
        .enum(["debug", "info", "warn", "error"], { error: "level is debug, info, warn or error" })
        .default("info"),
      /** `logs/haltwatch.log` becomes `logs/haltwatch-2026-11-21.log`; without it, the log is on stderr. */
      file: optional(text),
      /** A file that is larger is continued in another one; each UTC day has its own. */
      max_size: bytes.refine((size) => size >= LEAST_LOG_BYTES, { error: "write at least 64KB" }).prefault("64MB"),
      /** Finished files are packed, and kept for so many days, and as long as all together are not larger. */
      keep_days: wholeNumber.default(30),
      keep_size: bytes.prefault("1GB"),
    })
    .prefault({}),
});

type Values = z.output<typeof schema>;

export interface ServerConfig extends Omit<Values, "scrape_configs" | "packs" | "thresholds"> {
  /** Its path; `undefined` if there was none. */
  readonly file: string | undefined;
  /** Relative paths start here. */
  readonly folder: string;
  /** Those of the file, and those of the prometheus.yml that it names. */
  readonly jobs: readonly ScrapeJob[];
  readonly ruleFiles: readonly string[];
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
  /** Who is told of alerts. */
  readonly notifying: NotifySettings;
  /** What the heartbeat looks at, and whose balances are read. */
  readonly probes: ProbeSettings;
  /** Enabled ones, and first of all the one about Haltwatch itself. */
  readonly packs: readonly Pack[];
  readonly thresholds: readonly ThresholdValue[];
  readonly settings: readonly SettingValue[];
  /** Everything that was read, and the bots' files that may come: when one of them changes, it is read again. */
  readonly readFiles: readonly string[];
  /** By key, `web.listen`, of each scalar that is not a default. */
  readonly sources: ReadonlyMap<string, ConfigSource>;
  /** Where a key's value is from. */
  readonly originOf: (key: string) => Origin;
  /** SHA-256, hexadecimal, over all values in an order that does not depend on how they are written. */
  readonly hash: string;
  /** As text, without secrets. */
  readonly shown: string;
}

export interface ConfigLayers {
  /** `undefined`: `haltwatch.toml`, if it is there. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By key: `{ "web.listen": "127.0.0.1:9000" }`. */
  readonly commandLine?: Readonly<Record<string, string | undefined>> | undefined;
  /** Thresholds of the command line, by name. */
  readonly thresholds?: Readonly<Record<string, string>> | undefined;
  /** `dev`: `haltwatch.dev.toml` lies over `haltwatch.toml`. Else as HALTWATCH_ENV says. */
  readonly environment?: string | undefined;
}

/** Keys that the environment can set: `HALTWATCH_WEB_LISTEN` for `web.listen`. */
const ENVIRONMENT_KEYS = [
  "web.listen",
  "web.external_url",
  "web.tls_cert_file",
  "web.tls_key_file",
  "web.read_token",
  "web.control_token",
  "web.insecure",
  "storage.path",
  "storage.retention",
  "storage.retention_size",
  "rules.evaluation_interval",
  "query.timeout",
  "query.evaluation_timeout",
  "query.max_samples",
  "link.token",
  "prometheus_config",
  "log.level",
  "log.file",
] as const;

/** @throws {ConfigError} with file, line, column and key, for the first thing that is wrong */
export function readServerConfig(layers: ConfigLayers): ServerConfig {
  const { env, commandLine = {} } = layers;
  const file = layers.file ?? (existsSync(DEFAULT_CONFIG_FILE) ? DEFAULT_CONFIG_FILE : undefined);
  const folder = file === undefined ? process.cwd() : dirname(resolve(file));
  const overlay = overlayFile(file ?? DEFAULT_CONFIG_FILE, layers.environment ?? env["HALTWATCH_ENV"]);
  // The strongest last.
  const texts = [file, overlay].filter((path) => path !== undefined).map((path) => ({ path, text: readText(path) }));
  const tables = texts.map(({ path, text }) => parseToml(text, path));
  const merged: Record<string, unknown> = structuredClone(tables.reduce(overlaid, {}));
  const sources = new Map<string, ConfigSource>(keysOf(merged).map((key) => [key, "file"]));
  for (const key of ENVIRONMENT_KEYS) {
    const value = env[environmentName(key)];
    if (value !== undefined && value !== "") put(merged, sources, key, value, "environment");
  }
  for (const [key, value] of Object.entries(commandLine)) {
    if (value !== undefined) put(merged, sources, key, value, "command line");
  }
  const origins = { texts: texts.toReversed(), folder, sources };
  // Before anything is made of the values, and before any message could show one.
  refuseSecretKeys(merged, (key, message, hint) => {
    const { path, place } = placeIn(origins.texts, key);
    return new ConfigError("SECRET_KEY", message, { file: path, ...place, key, hint });
  });
  const parsed = schema.safeParse(merged);
  if (!parsed.success) throw faultOf(parsed.error, origins);
  return complete(parsed.data, { file, origins, layers });
}

/** What is needed to say where a value stands. */
interface Origins {
  /** The strongest first. */
  readonly texts: readonly { readonly path: string; readonly text: string }[];
  readonly folder: string;
  readonly sources: ReadonlyMap<string, ConfigSource>;
}

function originOf(key: string, { texts, folder, sources }: Origins): Origin {
  const source = sources.get(key) ?? [...sources.keys()].find((one) => key.startsWith(`${one}[`));
  if (source === undefined) return DEFAULT_ORIGIN;
  if (source === "environment") return { source, where: environmentName(key) };
  if (source === "command line") return { source, where: "command line" };
  const { path, place } = placeIn(texts, key);
  const at = place === undefined ? "" : `:${place.line}:${place.column}`;
  return { source: "file", where: `${relative(folder, resolve(path ?? ""))}${at}` };
}

/** The strongest file that has the key. */
function placeIn(texts: Origins["texts"], key: string) {
  const keys = key.split(".");
  for (const { path, text } of texts) {
    const place = placeOfValue(text, keys);
    if (place !== undefined) return { path, place };
  }
  return { path: texts.at(-1)?.path, place: undefined };
}

function complete(
  values: Values,
  {
    file,
    origins,
    layers,
  }: { readonly file: string | undefined; readonly origins: Origins; readonly layers: ConfigLayers },
): ServerConfig {
  const { folder, sources } = origins;
  const { env } = layers;
  const { scrape_configs, packs: packSettings, thresholds: written, ...rest } = values;
  const originIn = (key: string): Origin => originOf(key, origins);
  const faultAt = (key: string, message: string, hint: string): ConfigError => {
    const { path, place } = placeIn(origins.texts, key);
    return new ConfigError("BAD_VALUE", message, { file: path, ...place, key, hint });
  };
  const found = findPacks(packSettings.enabled, folder, (name, message, hint) =>
    faultAt("packs.enabled", `${JSON.stringify(name)}: ${message}`, hint),
  );
  const isSystemOn = values.rules.system && values.watching.own_metrics;
  const packs = [...(isSystemOn ? [SYSTEM_PACK] : []), ...found.map(({ pack }) => pack)];
  const {
    thresholds,
    settings,
    files: botFiles,
  } = resolveThresholds({
    packs,
    folder,
    botFiles: values.bot_files,
    written: new Map(scalarsOf(written)),
    env,
    commandLine: layers.thresholds ?? {},
    originOf: originIn,
    faultAt,
  });
  const global = completeGlobal(values.global);
  const own = scrape_configs.map((config) =>
    withFoldersOf(completeJob(config, global), resolve(folder, "haltwatch.toml")),
  );
  const path = values.prometheus_config === undefined ? undefined : resolve(folder, values.prometheus_config);
  const prometheus: PrometheusConfig | undefined =
    path === undefined ? undefined : readPrometheusYml(readText(path), path, env);
  const probes = probeSettings(values, faultAt);
  const jobs = [...own, ...(prometheus?.scrapeConfigs ?? []), ...probeJobs(probes)];
  const twice = jobs.map(({ job_name: name }) => name).find((name, index, all) => all.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new ConfigError("BAD_VALUE", `two scrape configurations are named ${JSON.stringify(twice)}`, {
      ...(file === undefined ? {} : { file }),
      key: "scrape_configs",
      hint: "Give each its own job_name",
    });
  }
  if ((values.web.tls_cert_file === undefined) !== (values.web.tls_key_file === undefined)) {
    throw new ConfigError("BAD_VALUE", "TLS needs both web.tls_cert_file and web.tls_key_file", {
      ...(file === undefined ? {} : { file }),
      key: "web.tls_cert_file",
      hint: "Set both, or neither",
    });
  }
  const placeOf = (key: readonly PropertyKey[]) => placeIn(origins.texts, key.map(String).join(".")).place;
  const notifyFile = values.alertmanager_config === undefined ? undefined : resolve(folder, values.alertmanager_config);
  const notifying = notifySettings(values, {
    places: { file, placeOf, placeOfKey: placeOf },
    readFile: (named) => ({ text: readText(resolve(folder, named)), path: resolve(folder, named) }),
  });
  const shown = canonical({
    ...rest,
    scrape_configs,
    prometheus_config: prometheus ?? null,
    alertmanager_config: notifyFile === undefined ? null : readText(notifyFile),
    packs: packSettings,
    thresholds: Object.fromEntries(thresholds.map(({ name, value }) => [name, value])),
    settings: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
  });
  // Whose rules they are says how often they are evaluated, unless it is said here.
  const intervalMs = sources.has("rules.evaluation_interval") ? undefined : prometheus?.global.evaluation_interval;
  return {
    ...rest,
    rules: { ...values.rules, evaluation_interval: intervalMs ?? values.rules.evaluation_interval },
    file,
    folder,
    jobs,
    ruleFiles: [
      ...values.rules.files,
      ...(prometheus?.ruleFiles ?? []),
      ...packs.flatMap(({ ruleFiles }) => ruleFiles),
    ].map((pattern) => resolve(folder, pattern)),
    notifying,
    probes,
    packs,
    thresholds,
    settings,
    readFiles: [
      ...origins.texts.map((one) => resolve(one.path)),
      ...[path, notifyFile].filter((one) => one !== undefined),
      ...found.flatMap(({ file: packFile }) => (packFile === undefined ? [] : [packFile])),
      ...botFiles,
    ],
    externalLabels: { ...prometheus?.externalLabels, ...values.global.external_labels, ...values.external_labels },
    warnings: [...(prometheus?.warnings ?? []), ...notifying.config.warnings].map(
      ({ file: where, line, column, message }) =>
        `${[where, line, column].filter((part) => part !== undefined).join(":")}: ${message}`,
    ),
    sources,
    originOf: originIn,
    hash: createHash("sha256").update(shown).digest("hex"),
    shown,
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError("NO_FILE", "this file cannot be read", {
      file,
      hint: "Name a file that is there",
      cause: error,
    });
  }
}

/** Keys of all scalars, with the tables that they are in. */
function keysOf(table: TomlTable): string[] {
  return scalarsOf(table).map(([key]) => key);
}

function scalarsOf(table: TomlTable, prefix = ""): [string, unknown][] {
  return Object.entries(table).flatMap(([key, value]) => {
    const whole = `${prefix}${key}`;
    const isTable = typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
    return isTable ? scalarsOf(value as TomlTable, `${whole}.`) : [[whole, value]]; // just checked
  });
}

function put(
  merged: Record<string, unknown>,
  sources: Map<string, ConfigSource>,
  key: string,
  value: string,
  source: ConfigSource,
): void {
  const [table, name] = key.includes(".") ? key.split(".", 2) : [undefined, key];
  if (table === undefined) merged[key] = value;
  else merged[table] = { ...(merged[table] as object | undefined), [name ?? ""]: value };
  sources.set(key, source);
}

/** The first thing that is wrong, where it stands. */
function faultOf(error: z.ZodError, { texts, sources }: Origins): ConfigError {
  const [issue] = error.issues;
  if (issue === undefined) return new ConfigError("BAD_VALUE", "the configuration is wrong", { hint: "Look at it" });
  const unknown = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const path = [...issue.path, ...(unknown === undefined ? [] : [unknown])].map(String);
  const key = path.join(".").replace(/\.(\d+)/g, "[$1]");
  const where = sources.get(path.join("."));
  if (where === "environment" || where === "command line") {
    const name = where === "environment" ? environmentName(path.join(".")) : key;
    return new ConfigError("BAD_VALUE", `${name}: ${issue.message}`, { key, hint: `It was set by the ${where}` });
  }
  const { path: file, place } = placeIn(texts, path.join("."));
  return new ConfigError(
    unknown === undefined ? "BAD_VALUE" : "UNKNOWN_KEY",
    unknown === undefined ? `${key}: ${issue.message}` : `unknown key ${JSON.stringify(key)}`,
    {
      ...(file === undefined ? {} : { file }),
      ...place,
      key,
      hint: unknown === undefined ? "Correct it" : "Known keys are in docs/configuration.md",
    },
  );
}

/** JSON with keys in order: the same values give the same text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
