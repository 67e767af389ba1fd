/** `haltwatch check`: what is wrong with rule files, and with what a target exposes. Exit code 1 if something is. */
import { checkMetrics, checkRuleFiles } from "@haltwatch/server";

export interface CheckRulesFlags {
  readonly lint: "duplicate-rules" | "none";
}

/** Prints as `promtool check rules` does: what is good on the standard output, what is not on the other. */
export function checkRulesCommand(files: readonly string[], { lint }: CheckRulesFlags): void {
  for (const { file, groups, faults, warnings } of checkRuleFiles(files)) {
    process.stdout.write(`Checking ${file}\n`);
    if (faults.length > 0) {
      process.stderr.write(`  FAILED:\n${faults.map((fault) => `${fault}\n`).join("")}`);
      process.exitCode = 1;
    } else {
      const rules = groups.reduce((sum, group) => sum + group.rules, 0);
      const perGroup = groups.map((group) => `    ${group.name}: ${group.rules}\n`);
      process.stdout.write(`  SUCCESS: ${rules} rules found\n${perGroup.join("")}`);
    }
    if (lint !== "none") for (const warning of warnings) process.stderr.write(`  WARNING: ${warning}\n`);
    process.stdout.write("\n");
  }
}

/** Prints as `promtool check metrics` does: remarks on the error output, and nothing if there are none. */
export async function checkMetricsCommand(): Promise<void> {
  const { remarks, fault } = await checkMetrics(process.stdin);
  if (fault !== undefined) process.stderr.write(`error while linting: stdin:${fault}\n`);
  for (const { metric, text } of remarks) process.stderr.write(`${metric} ${text}\n`);
  if (fault !== undefined || remarks.length > 0) process.exitCode = 1;
}
