/**
 * Reads an existing prometheus.yml. What is wrong is an error with its place; what Prometheus knows and Haltwatch does not is
 * named, and left out. Source: Prometheus 3, config/config.go (`Config`).
 */
import { z } from "zod";
import type { Environment } from "../secrets/index.ts";
import { type textByName, textList } from "./config-values.ts";
import { fromConfig, withFoldersOf } from "./file-paths.ts";
import { knownPart, TOP_KEYS, UNKNOWN_KEYS } from "./prometheus-keys.ts";
import { globalConfig, scrapeConfig } from "./scrape-config.ts";
import { type CompleteGlobal, completeGlobal, completeJob, type ScrapeJob } from "./scrape-job.ts";
import { type Place, YamlFile } from "./yaml-file.ts";

/** Something that Haltwatch leaves out. */
export interface ConfigWarning extends Place {
  readonly file: string;
  /** Where it stands: `scrape_configs[0].consul_sd_configs`. */
  readonly path: string;
  readonly message: string;
}

export interface PrometheusConfig {
  readonly global: CompleteGlobal;
  readonly scrapeConfigs: readonly ScrapeJob[];
  /** Patterns of rule files; relative ones are relative to where the process runs. */
  readonly ruleFiles: readonly string[];
  readonly externalLabels: Readonly<Record<string, string>>;
  /** In the file's order. */
  readonly warnings: readonly ConfigWarning[];
}

/**
 * @param file its path: relative paths in it are relative to its folder
 * @param env for `${NAME}` in external labels
 * @throws {ConfigError} with file, line, column and key: `BAD_YAML`, `BAD_VALUE`, `UNKNOWN_KEY`, `LITERAL_SECRET`
 */
export function readPrometheusYml(text: string, file: string, env: Environment = process.env): PrometheusConfig {
  return new PrometheusYml(new YamlFile(text, file), env).read();
}

class PrometheusYml {
  readonly #yaml: YamlFile;
  readonly #env: Environment;
  readonly #warnings: ConfigWarning[] = [];

  constructor(yaml: YamlFile, env: Environment) {
    this.#yaml = yaml;
    this.#env = env;
  }

  read(): PrometheusConfig {
    const top = this.#checked([], MAPPING, this.#known([], this.#yaml.content, "top"));
    const global = completeGlobal(
      this.#checked(["global"], globalConfig, this.#known(["global"], top["global"] || {}, "global")),
    );
    this.#checkTimeout(["global"], global);
    const entries = this.#checked(["scrape_configs"], LIST, top["scrape_configs"] || []);
    const scrapeConfigs = entries.map((entry, index) => this.#job(["scrape_configs", index], entry, global));
    this.#checkNames(scrapeConfigs);
    const ruleFiles = this.#checked(["rule_files"], textList, top["rule_files"] || []);
    this.#checkTopKeys(top);
    const externalLabels = this.#expanded(global.external_labels ?? {});
    return {
      global: { ...global, external_labels: externalLabels },
      scrapeConfigs,
      ruleFiles: ruleFiles.map((path) => fromConfig(path, this.#yaml.file)),
      externalLabels,
      warnings: this.#warnings.sort((a, b) => a.line - b.line || a.column - b.column),
    };
  }

  #job(path: readonly PropertyKey[], entry: unknown, global: CompleteGlobal): ScrapeJob {
    const known = this.#known(path, entry, "scrape");
    const given = isMapping(known) && "tls_config" in known ? this.#withKnownTls(path, known) : known;
    const job = completeJob(this.#checked(path, scrapeConfig, given), global);
    this.#checkTimeout(path, job);
    return withFoldersOf(job, this.#yaml.file);
  }

  #withKnownTls(path: readonly PropertyKey[], config: Readonly<Record<string, unknown>>): object {
    return { ...config, tls_config: this.#known([...path, "tls_config"], config["tls_config"], "tls") };
  }

  /** What Haltwatch knows of a mapping; the rest is warned of. */
  #known(path: readonly PropertyKey[], value: unknown, level: keyof typeof UNKNOWN_KEYS): unknown {
    return knownPart(value, UNKNOWN_KEYS[level], (key, reason) =>
      this.#warn([...path, key], `${key} is left out: ${reason}`),
    );
  }

  #checked<T extends z.ZodType>(path: readonly PropertyKey[], type: T, value: unknown): z.output<T> {
    const parsed = type.safeParse(value);
    if (parsed.success) return parsed.data;
    // The first in the file: the others are often its consequences.
    const faults = parsed.error.issues.map((issue) => this.#faultOf(path, issue));
    faults.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
    throw faults[0];
  }

  #faultOf(path: readonly PropertyKey[], issue: z.core.$ZodIssue): ReturnType<YamlFile["fault"]> {
    const at = [...path, ...issue.path];
    const yaml = this.#yaml;
    if (issue.code === "unrecognized_keys") {
      const [key = ""] = issue.keys;
      const place = yaml.placeOfKey([...at, key]);
      const fault = `unknown key ${JSON.stringify(key)}`;
      return yaml.fault(
        [...at, key],
        "UNKNOWN_KEY",
        fault,
        "See Prometheus's configuration for the key's right name",
        place,
      );
    }
    const key = String(at.at(-1) ?? "the file");
    if (issue.code === "custom" && issue.params?.["code"] === "LITERAL_SECRET") {
      const hint = "Whoever sees the file would have the secret";
      return yaml.fault(at, "LITERAL_SECRET", issue.message, hint);
    }
    const isMissing = issue.code === "invalid_type" && issue.input === undefined && issue.path.length > 0;
    const fault = isMissing ? `${key} is missing` : `${key}: ${issue.message}`;
    return yaml.fault(at, "BAD_VALUE", fault, "Mend it there");
  }

  #checkTimeout(path: readonly PropertyKey[], times: { scrape_interval: number; scrape_timeout: number }): void {
    if (times.scrape_timeout <= times.scrape_interval) return;
    const fault = "scrape_timeout is longer than scrape_interval";
    throw this.#yaml.fault([...path, "scrape_timeout"], "BAD_VALUE", fault, "Make it as long at most");
  }

  #checkNames(jobs: readonly ScrapeJob[]): void {
    const names = new Set<string>();
    for (const [index, { job_name: name }] of jobs.entries()) {
      if (names.has(name)) {
        const fault = `there is another scrape configuration with the job_name ${JSON.stringify(name)}`;
        throw this.#yaml.fault(
          ["scrape_configs", index, "job_name"],
          "BAD_VALUE",
          fault,
          "Give each job a name of its own",
        );
      }
      names.add(name);
    }
  }

  #checkTopKeys(top: Readonly<Record<string, unknown>>): void {
    for (const key of Object.keys(top)) {
      if (TOP_KEYS.includes(key)) continue;
      const known = [...TOP_KEYS, ...UNKNOWN_KEYS.top.keys()].join(", ");
      const place = this.#yaml.placeOfKey([key]);
      throw this.#yaml.fault([key], "UNKNOWN_KEY", `unknown key ${JSON.stringify(key)}`, `Known are ${known}`, place);
    }
  }

  /** With `$NAME` and `${NAME}` from the environment; `$$` is a dollar. Source: config.go, Load. */
  #expanded(labels: z.output<typeof textByName>): Record<string, string> {
    const entries = Object.entries(labels).map(([label, value]) => {
      const expanded = value.replaceAll(/\$(?:(\$)|\{(\w+)\}|(\w+))/g, (_, dollar, braced, bare) => {
        if (dollar !== undefined) return "$";
        const name = String(braced ?? bare);
        const given = this.#env[name] ?? "";
        if (given === "") {
          this.#warn(
            ["global", "external_labels", label],
            `the environment variable ${name} is not set: it is left empty`,
          );
        }
        return given;
      });
      return [label, expanded] as const;
    });
    return Object.fromEntries(entries);
  }

  #warn(path: readonly PropertyKey[], message: string): void {
    this.#warnings.push({ file: this.#yaml.file, path: YamlFile.keyOf(path), message, ...this.#yaml.placeOfKey(path) });
  }
}

const MAPPING = z.record(z.string(), z.unknown(), { error: "write keys and values here" });
const LIST = z.array(z.unknown(), { error: "write a list here" });

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
