/** How rule tests went. */

/** A part that cannot be tested yet, and why. */
export interface SkippedPart {
  readonly what: string;
  readonly why: string;
}

export interface TestFailure {
  /** 1-based, in the test's file. */
  readonly line: number;
  readonly column: number;
  /** What was tested and what came instead, several lines. */
  readonly message: string;
}

export interface RuleTestResult {
  readonly name: string;
  readonly failures: readonly TestFailure[];
  readonly skipped: readonly SkippedPart[];
  /** How many alert and query tests there were. */
  readonly checks: number;
}

export interface RuleTestFileResult {
  readonly file: string;
  readonly passed: boolean;
  /** What keeps the file from being tested at all. */
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
  readonly tests: readonly RuleTestResult[];
}

/** For people, in promtool's manner; ends with a line break. */
export function ruleTestReport(result: RuleTestFileResult): string {
  const lines = [`Unit Testing:  ${result.file}`];
  for (const warning of result.warnings) lines.push(`  WARNING: ${warning}`);
  lines.push(result.passed ? "  SUCCESS" : "  FAILED:");
  for (const fault of result.faults) lines.push(...fault.split("\n"), "");
  for (const { name, failures, skipped } of result.tests) {
    for (const { line, column, message } of failures)
      lines.push(`  ${result.file}:${line}:${column}: test ${JSON.stringify(name)}`, message, "");
    for (const { what, why } of skipped) lines.push(`  SKIPPED in ${JSON.stringify(name)}: ${what} (${why})`);
  }
  return `${lines.join("\n").trimEnd()}\n`;
}
