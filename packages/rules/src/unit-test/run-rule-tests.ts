/** Runs files of rule tests, in promtool's format. Source: Prometheus, cmd/promtool/unittest.go. */
import { globSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { parseRuleFile } from "../files/parse-rule-file.ts";
import type { RuleFile } from "../files/rule-file.ts";
import { RuleFileError } from "../files/rule-file-error.ts";
import { runTestGroup } from "./run-test-group.ts";
import { parseTestFile } from "./test-file.ts";
import type { RuleTestFileResult } from "./test-result.ts";

/** Where the files are: the disk, unless a test says otherwise. */
export interface RuleTestFiles {
  read(file: string): string;
  /** Files that a pattern means. */
  glob(pattern: string): readonly string[];
}

export interface RuleTestOptions {
  readonly files?: RuleTestFiles | undefined;
  /** Only tests whose name it matches. */
  readonly run?: RegExp | undefined;
}

const DISK: RuleTestFiles = {
  read: (file) => readFileSync(file, "utf8"),
  glob: (pattern) => globSync(pattern).sort(),
};

/**
 * @returns one result for each file, in their order
 * @example
 * for (const result of runRuleTests(["rules.test.yml"])) console.log(ruleTestReport(result));
 */
export function runRuleTests(files: readonly string[], options: RuleTestOptions = {}): RuleTestFileResult[] {
  return files.map((file) => testFileResult(file, options.files ?? DISK, options.run));
}

function testFileResult(file: string, disk: RuleTestFiles, run: RegExp | undefined): RuleTestFileResult {
  const warnings: string[] = [];
  const refused = (faults: readonly string[]): RuleTestFileResult => ({
    file,
    passed: false,
    faults,
    warnings,
    tests: [],
  });
  let text: string;
  try {
    text = disk.read(file);
  } catch (error) {
    return refused([error instanceof Error ? error.message : String(error)]);
  }
  const parsed = parseTestFile(text);
  if ("faults" in parsed)
    return refused(parsed.faults.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`));

  const ruleFiles: string[] = [];
  for (const name of parsed.ruleFiles) {
    const pattern = isAbsolute(name) ? name : join(dirname(file), name);
    const found = disk.glob(pattern);
    if (found.length === 0) warnings.push(`no file match pattern ${pattern}`);
    ruleFiles.push(...found);
  }
  const rules: RuleFile[] = [];
  const faults: string[] = [];
  const selected = parsed.tests.filter(({ name }) => run === undefined || run.test(name));
  // Without a test nothing is loaded, and nothing is refused.
  for (const ruleFile of selected.length === 0 ? [] : new Set(ruleFiles)) {
    try {
      rules.push(parseRuleFile(disk.read(ruleFile), ruleFile));
    } catch (error) {
      if (!(error instanceof RuleFileError)) throw error;
      faults.push(error.message);
    }
  }
  if (faults.length > 0) return refused(faults);
  const tests = selected.map((test) => runTestGroup(test, parsed, rules));
  return { file, passed: tests.every(({ failures }) => failures.length === 0), faults: [], warnings, tests };
}
