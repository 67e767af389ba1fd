/**
 * `haltwatch.toml`: what Haltwatch does, and where. Layers are defaults, the file, the environment, the command line; each
 * value knows which of them it is from.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ConfigError } from "@haltwatch/bot";
import { parseBindAddress, parseToml, placeOfKey, secretReference, type TomlTable } from "@haltwatch/bot/config";
import { z } from "zod";
import { bytes, duration, flag, optional, text, textByName, textList, wholeNumber } from "../scrape/config-values.ts";
import { withFoldersOf } from "../scrape/file-paths.ts";
import { type PrometheusConfig, readPrometheusYml } from "../scrape/prometheus-yml.ts";
import { globalConfig, scrapeConfig } from "../scrape/scrape-config.ts";
import { completeGlobal, completeJob, type ScrapeJob } from "../scrape/scrape-job.ts";

/** Where the configuration is looked for unless another file is named; it need not exist. */
const DEFAULT_CONFIG_FILE = "haltwatch.toml";

const address = text.refine((value) => typeof parseBindAddress(value) !== "string", {
  error: "write an address like 127.0.0.1:9898",
});

const secret = text.transform((value, context) => {
  try {
    return secretReference(value, { key: context.issues.length === 0 ? "it" : "" });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    context.addIssue({
      code: "custom",
      message: "a secret does not belong in a file: write env:NAME or file:PATH, where it is kept",
    });
    return z.NEVER;
  }
});

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
    })
    .prefault({}),
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
    })
    .prefault({}),
});

type Values = z.output<typeof schema>;

/** Where a value is from. */
export type ConfigSource = "default" | "file" | "environment" | "command line";

export interface ServerConfig extends Omit<Values, "scrape_configs"> {
  /** Its path; `undefined` if there was none. */
  readonly file: string | undefined;
  /** Relative paths start here. */
  readonly folder: string;
  /** Those of the file, and those of the prometheus.yml that it names. */
  readonly jobs: readonly ScrapeJob[];
  readonly ruleFiles: readonly string[];
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
  /** By key, `web.listen`, of each scalar that is not a default. */
  readonly sources: ReadonlyMap<string, ConfigSource>;
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
] as const;

/** @throws {ConfigError} with file, line, column and key, for the first thing that is wrong */
export function readServerConfig({ file: named, env, commandLine = {} }: ConfigLayers): ServerConfig {
  const file = named ?? (existsSync(DEFAULT_CONFIG_FILE) ? DEFAULT_CONFIG_FILE : undefined);
  const folder = file === undefined ? process.cwd() : dirname(resolve(file));
  const source = file === undefined ? "" : readText(file);
  const tables = parseToml(source, file ?? DEFAULT_CONFIG_FILE);
  const sources = new Map<string, ConfigSource>(keysOf(tables).map((key) => [key, "file"]));
  const merged: Record<string, unknown> = structuredClone(tables);
  for (const key of ENVIRONMENT_KEYS) {
    const value = env[environmentName(key)];
    if (value !== undefined && value !== "") put(merged, sources, key, value, "environment");
  }
  for (const [key, value] of Object.entries(commandLine)) {
    if (value !== undefined) put(merged, sources, key, value, "command line");
  }
  const parsed = schema.safeParse(merged);
  if (!parsed.success) throw faultOf(parsed.error, source, file, sources);
  return complete(parsed.data, { file, folder, sources, env });
}

function complete(
  values: Values,
  {
    file,
    folder,
    sources,
    env,
  }: Pick<ServerConfig, "file" | "folder" | "sources"> & { readonly env: ConfigLayers["env"] },
): ServerConfig {
  const { scrape_configs, ...rest } = values;
  const global = completeGlobal(values.global);
  const own = scrape_configs.map((config) =>
    withFoldersOf(completeJob(config, global), resolve(folder, "haltwatch.toml")),
  );
  const path = values.prometheus_config === undefined ? undefined : resolve(folder, values.prometheus_config);
  const prometheus: PrometheusConfig | undefined =
    path === undefined ? undefined : readPrometheusYml(readText(path), path, env);
  const jobs = [...own, ...(prometheus?.scrapeConfigs ?? [])];
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
  const shown = canonical({ ...rest, scrape_configs, prometheus_config: prometheus ?? null });
  // Whose rules they are says how often they are evaluated, unless it is said here.
  const intervalMs = sources.has("rules.evaluation_interval") ? undefined : prometheus?.global.evaluation_interval;
  return {
    ...rest,
    rules: { ...values.rules, evaluation_interval: intervalMs ?? values.rules.evaluation_interval },
    file,
    folder,
    jobs,
    ruleFiles: [...values.rules.files, ...(prometheus?.ruleFiles ?? [])].map((pattern) => resolve(folder, pattern)),
    externalLabels: { ...prometheus?.externalLabels, ...values.global.external_labels, ...values.external_labels },
    warnings: (prometheus?.warnings ?? []).map(
      ({ file: where, line, column, message }) => `${where}:${line}:${column}: ${message}`,
    ),
    sources,
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

function environmentName(key: string): string {
  return `HALTWATCH_${key.replaceAll(".", "_").toUpperCase()}`;
}

/** Keys of all scalars, with the tables that they are in. */
function keysOf(table: TomlTable, prefix = ""): string[] {
  return Object.entries(table).flatMap(([key, value]) => {
    const whole = `${prefix}${key}`;
    const isTable = typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
    return isTable ? keysOf(value as TomlTable, `${whole}.`) : [whole]; // just checked
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
function faultOf(
  error: z.ZodError,
  source: string,
  file: string | undefined,
  sources: ReadonlyMap<string, ConfigSource>,
): ConfigError {
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
  const place = placeOfKey(
    source,
    path.filter((part) => !/^\d+$/.test(part)),
  );
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
