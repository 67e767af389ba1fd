/** `haltwatch test rules`: rule unit tests in promtool's format. Exit code 1 if one fails. */
import { testRuleFiles } from "@haltwatch/server";

export interface TestRulesFlags {
  readonly run?: RegExp;
}

export function testRulesCommand(files: readonly string[], { run }: TestRulesFlags): void {
  for (const { report, passed } of testRuleFiles(files, run)) {
    process.stdout.write(`${report}\n`);
    if (!passed) process.exitCode = 1;
  }
}
