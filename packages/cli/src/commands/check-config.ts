/** `haltwatch check config`: everything that `haltwatch run` would refuse, without running. */
import { readRuleFiles, readServerConfig } from "@haltwatch/server";

/** @throws {ConfigError}, {RuleLoadError} for what is wrong */
export function checkConfig(file: string): void {
  const isPrometheus = /\.ya?ml$/.test(file);
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
