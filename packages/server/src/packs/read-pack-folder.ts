/**
 * A user's own pack: a folder with `pack.toml` (what our packs say in TypeScript, as data), rules, their tests and a runbook. It
 * becomes the same object as one of ours.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ConfigError } from "@haltwatch/bot";
import { parseToml, placeOfKey } from "@haltwatch/bot/config";
import type { Pack } from "@haltwatch/packs";
import { z } from "zod";

export const PACK_FILE = "pack.toml";

const text = z.string({ error: "write text here" });
const number = z.number({ error: "write a number here" });
const labels = z.array(text, { error: "write a list of label names here" });

const metric = z.strictObject({
  type: z.enum(["counter", "gauge", "histogram"], { error: "type is counter, gauge or histogram" }),
  name: text,
  help: text,
  unit: text.optional(),
  labels: labels.default([]),
  buckets: z.array(number).optional(),
});

const threshold = z.strictObject({
  name: text,
  default: number,
  unit: text,
  help: text,
  min: number.optional(),
  max: number.optional(),
});

const figure = z.strictObject({
  title: text,
  query: text,
  unit: z.enum(["number", "count", "ratio", "percent", "usd", "seconds", "milliseconds"], {
    error: "unit is number, count, ratio, percent, usd, seconds or milliseconds",
  }),
  chart: z.strictObject({ kind: z.enum(["bars", "line"], { error: "kind is bars or line" }), query: text }).optional(),
});

const schema = z.strictObject({
  name: text,
  description: text,
  series_budget: z.number({ error: "write the most series of one bot" }).int().positive(),
  metrics: z.array(metric).default([]),
  thresholds: z.array(threshold).default([]),
  settings: z.array(z.strictObject({ name: text, help: text, pattern: text.optional() })).default([]),
  /** By name: `exec = "config/exec.yml"`. */
  bot_files: z.record(z.string(), text).default({}),
  rules: z.array(text).default(["rules.yml"]),
  rule_tests: z.array(text).default(["rules.test.yml"]),
  runbook: text.default("RUNBOOK.md"),
  dashboards: z.array(text).default([]),
  /** Figures of the daily report. */
  report: z.array(figure).default([]),
});

/** @throws {ConfigError} with file, line, column and key, for the first thing that is wrong with its `pack.toml` */
export function readPackFolder(folder: string): Pack {
  const file = join(folder, PACK_FILE);
  const source = readText(file);
  const parsed = schema.safeParse(parseToml(source, file));
  if (!parsed.success) throw faultOf(parsed.error, source, file);
  const { series_budget, rules, rule_tests, runbook, dashboards, bot_files, ...pack } = parsed.data;
  const inFolder = (path: string): string => resolve(folder, path);
  return {
    name: pack.name,
    description: pack.description,
    folder: resolve(folder),
    job: pack.name,
    metrics: pack.metrics.map(({ labels: labelNames, unit, buckets, ...one }) => ({
      ...one,
      labelNames,
      ...(unit === undefined ? {} : { unit }),
      ...(buckets === undefined ? {} : { buckets }),
    })),
    thresholds: pack.thresholds.map(({ min, max, ...one }) => ({
      ...one,
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
    })),
    settings: pack.settings.map(({ pattern, ...one }) => (pattern === undefined ? one : { ...one, pattern })),
    botFiles: Object.entries(bot_files).map(([name, path]) => ({ name, path })),
    seriesBudget: series_budget,
    faults: [],
    simulation: undefined,
    overview: {},
    report: pack.report.map(({ chart, ...one }) => (chart === undefined ? one : { ...one, chart })),
    ruleFiles: rules.map(inFolder),
    ruleTestFiles: rule_tests.map(inFolder),
    runbook: inFolder(runbook),
    dashboards: dashboards.map(inFolder),
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const hint = "haltwatch pack new NAME writes a folder to begin with";
    throw new ConfigError("NO_FILE", "this folder holds no pack: the file cannot be read", { file, hint, cause });
  }
}

function faultOf(error: z.ZodError, source: string, file: string): ConfigError {
  const [issue] = error.issues;
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys : [];
  const path = [...(issue?.path ?? []), ...unknown.slice(0, 1)].map(String);
  const place = placeOfKey(
    source,
    path.filter((part) => !/^\d+$/.test(part)),
  );
  const key = path.join(".").replace(/\.(\d+)/g, "[$1]");
  const message = unknown.length > 0 ? `unknown key ${JSON.stringify(key)}` : `${key}: ${issue?.message ?? "is wrong"}`;
  return new ConfigError("BAD_VALUE", message, { file, ...place, key, hint: "See docs/packs.md" });
}
