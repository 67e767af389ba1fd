/**
 * Thresholds in force, and settings of the bots' files, by their layers: the packs' defaults, the bots' own files, `[thresholds]` of
 * haltwatch.toml, the environment, the command line. Each value knows where it is from.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { ConfigError } from "@haltwatch/bot";
import type { Pack, Threshold } from "@haltwatch/packs";
import { BotFileValues } from "./bot-file.ts";
import { environmentName, type Origin } from "./config-source.ts";

/** A threshold in force. */
export interface ThresholdValue {
  readonly name: string;
  readonly value: number;
  /** Empty for one that no pack defines. */
  readonly unit: string;
  readonly help: string;
  readonly origin: Origin;
}

/** A text of a bot's file. */
export interface SettingValue {
  readonly name: string;
  readonly value: string;
  readonly help: string;
  readonly origin: Origin;
}

export interface ThresholdLayers {
  readonly packs: readonly Pack[];
  /** Where relative paths start. */
  readonly folder: string;
  /** `[bot_files]`: paths by name. */
  readonly botFiles: Readonly<Record<string, string>>;
  /** `[thresholds]`: what is written there, by whole name. */
  readonly written: ReadonlyMap<string, unknown>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By name. */
  readonly commandLine: Readonly<Record<string, string>>;
  /** Where a key of haltwatch.toml stands, for sources and errors: `thresholds.exec.fill_ratio_min`. */
  readonly originOf: (key: string) => Origin;
  readonly faultAt: (key: string, message: string, hint: string) => ConfigError;
}

export interface Thresholds {
  /** By name, in order. */
  readonly thresholds: readonly ThresholdValue[];
  readonly settings: readonly SettingValue[];
  /** The bots' files, whether they are there or not: a file that comes is read. */
  readonly files: readonly string[];
}

/** @throws {ConfigError} with file, line, column and key, for the first thing that is wrong */
export function resolveThresholds(layers: ThresholdLayers): Thresholds {
  const defined = definitions(layers.packs);
  const { files, paths } = readBotFiles(layers);
  checkNames(layers, defined);
  const known = [...defined.values()].map((threshold) => valueFor(threshold, layers, files));
  const own = [...layers.written]
    .filter(([name]) => !defined.has(name))
    .map(([name]) => valueFor({ name, default: Number.NaN, unit: "", help: "", pack: "" }, layers, files));
  const settings = layers.packs.flatMap((pack) =>
    pack.settings.flatMap(({ name, help, pattern }) => {
      const found = files.get(groupOf(name))?.value(keyOf(name));
      if (found === undefined) return [];
      if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`, "u").test(found.text))
        throw found.fault(`${keyOf(name)}: ${JSON.stringify(found.text)} is none of what it may be`, help);
      return [{ name, value: found.text, help, origin: { source: "bot file" as const, where: found.where } }];
    }),
  );
  return { thresholds: [...known, ...own].sort((a, b) => (a.name < b.name ? -1 : 1)), settings, files: paths };
}

type Defined = Threshold & { readonly pack: string };

function definitions(packs: readonly Pack[]): Map<string, Defined> {
  const defined = new Map<string, Defined>();
  for (const { name: pack, thresholds } of packs) {
    for (const threshold of thresholds) {
      const other = defined.get(threshold.name);
      if (other !== undefined) {
        const hint = "Give one of them another name";
        throw new ConfigError("TWICE", `the packs ${other.pack} and ${pack} both define ${threshold.name}`, { hint });
      }
      defined.set(threshold.name, { ...threshold, pack });
    }
  }
  return defined;
}

function readBotFiles({ packs, folder, botFiles, faultAt }: ThresholdLayers): {
  readonly files: ReadonlyMap<string, BotFileValues>;
  readonly paths: readonly string[];
} {
  const known = new Map(packs.flatMap((pack) => pack.botFiles.map(({ name, path }) => [name, path] as const)));
  const stray = Object.keys(botFiles).find((name) => !known.has(name));
  if (stray !== undefined) {
    const hint = known.size === 0 ? "Enable a pack that reads it" : `They read: ${[...known.keys()].join(", ")}`;
    throw faultAt(`bot_files.${stray}`, `no enabled pack reads a file named ${stray}`, hint);
  }
  const files = new Map<string, BotFileValues>();
  const paths: string[] = [];
  for (const [name, usual] of known) {
    const named = botFiles[name];
    const path = resolve(folder, named ?? usual);
    paths.push(path);
    if (named !== undefined || existsSync(path)) files.set(name, new BotFileValues(path, folder));
  }
  return { files, paths };
}

/** A mistyped name must not become a threshold that nobody reads. */
function checkNames(
  { written, env, commandLine, faultAt }: ThresholdLayers,
  defined: ReadonlyMap<string, Defined>,
): void {
  const groups = new Map([...defined.values()].map(({ name, pack }) => [groupOf(name), pack]));
  for (const name of written.keys()) {
    const pack = groups.get(groupOf(name));
    if (defined.has(name) || pack === undefined) continue;
    const known = [...defined.keys()].filter((one) => groupOf(one) === groupOf(name)).join(", ");
    throw faultAt(`thresholds.${name}`, `the pack ${pack} has no threshold ${name}`, `It has ${known}`);
  }
  const names = new Set([...defined.keys(), ...written.keys()]);
  const hint = `Known are ${[...names].join(", ") || "none: enable a pack"}`;
  const unknown = Object.keys(commandLine).find((name) => !names.has(name));
  if (unknown !== undefined)
    throw new ConfigError("UNKNOWN_KEY", `--threshold ${unknown}: no threshold has this name`, { key: unknown, hint });
  const variables = new Set([...names].map(variableOf));
  const stray = Object.keys(env).find((name) => name.startsWith(variableOf("")) && !variables.has(name));
  if (stray !== undefined)
    throw new ConfigError("UNKNOWN_KEY", `${stray}: no threshold has this name`, { key: stray, hint });
}

function valueFor(
  threshold: Defined,
  layers: ThresholdLayers,
  files: ReadonlyMap<string, BotFileValues>,
): ThresholdValue {
  const { name, unit, help } = threshold;
  const given = (text: string, origin: Origin, fault: Fault): ThresholdValue => {
    const value = numberOf(text);
    if (value === undefined) throw fault(`${name}: ${JSON.stringify(text)} is no number`, "Write a number");
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = threshold;
    if (value < min || value > max)
      throw fault(`${name}: ${value} is not ${rangeText(threshold)}`, `It is in ${unit === "" ? "no unit" : unit}`);
    return { name, value, unit, help, origin };
  };
  const outside = (key: string, source: Origin["source"]): Fault => {
    return (message, hint) =>
      new ConfigError("BAD_VALUE", message, { key, hint: `${hint}. It was set by the ${source}` });
  };

  const argument = layers.commandLine[name];
  if (argument !== undefined)
    return given(argument, { source: "command line", where: "--threshold" }, outside(name, "command line"));
  const variable = variableOf(name);
  const fromEnv = layers.env[variable];
  if (fromEnv !== undefined && fromEnv !== "")
    return given(fromEnv, { source: "environment", where: variable }, outside(variable, "environment"));
  const key = `thresholds.${name}`;
  if (layers.written.has(name)) {
    return given(String(layers.written.get(name)), layers.originOf(key), (message, hint) =>
      layers.faultAt(key, message, hint),
    );
  }
  const inFile = files.get(groupOf(name))?.value(keyOf(name));
  if (inFile !== undefined) return given(inFile.text, { source: "bot file", where: inFile.where }, inFile.fault);
  return {
    name,
    value: threshold.default,
    unit,
    help,
    origin: { source: "pack", where: `the pack ${threshold.pack}` },
  };
}

/** `HALTWATCH_THRESHOLD_EXEC_FILL_RATIO_MIN` */
function variableOf(name: string): string {
  return environmentName(`threshold.${name}`);
}

type Fault = (message: string, hint: string) => ConfigError;

function numberOf(text: string): number | undefined {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : undefined;
}

function rangeText({ min, max }: Threshold): string {
  if (min === undefined) return `at most ${max}`;
  return max === undefined ? `at least ${min}` : `from ${min} to ${max}`;
}

function groupOf(name: string): string {
  return name.split(".", 1)[0] ?? "";
}

function keyOf(name: string): string {
  return name.slice(groupOf(name).length + 1);
}
