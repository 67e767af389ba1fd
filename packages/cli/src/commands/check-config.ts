/** `haltwatch check config`: everything that `haltwatch run` would refuse, without running. */
import { readFileSync } from "node:fs";
import { isAlertmanagerYml, readRuleFiles, readServerConfig } from "@haltwatch/server";
import { CommandError } from "../command-error.ts";
import { checkAlertmanager } from "./check-alertmanager.ts";

export interface CheckConfigFlags {
  /** Of an alert, `severity=critical`: only who would be told is printed. */
  readonly routes?: readonly string[];
}

/**
 * @param file haltwatch.toml, a prometheus.yml or an alertmanager.yml
 * @throws {ConfigError}, {NotifyError}, {RuleLoadError} for what is wrong
 */
export function checkConfig(file: string, { routes }: CheckConfigFlags = {}): void {
  const isYaml = /\.ya?ml$/.test(file);
  const alertmanager = isYaml ? alertmanagerYml(file) : undefined;
  if (alertmanager !== undefined) {
    checkAlertmanager(alertmanager, file, routes);
    return;
  }
  const isPrometheus = isYaml;
  if (routes !== undefined) {
    throw new CommandError(`${file} is no alertmanager.yml`, "Only of one of those --routes can be asked");
  }
  const config = isPrometheus
    ? readServerConfig({ env: process.env, commandLine: { prometheus_config: file } })
    : readServerConfig({ file, env: process.env });
  const { files, unmatched } = readRuleFiles({ files: config.ruleFiles, folder: config.folder });
  const groups = files.flatMap((one) => one.groups);
  const rules = groups.reduce((count, group) => count + group.rules.length, 0);
  const lines = [
    ...config.warnings.map((warning) => `warning: ${warning}`),
    ...unmatched.map((pattern) => `warning: no file matches ${pattern}`),
    `${file}: good. Jobs: ${config.jobs.length}, rule files: ${files.length}, rules: ${rules}, hash ${config.hash}`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Its text, if it is one. */
function alertmanagerYml(file: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined; // whoever reads it next says so
  }
  return isAlertmanagerYml(text) ? text : undefined;
}
