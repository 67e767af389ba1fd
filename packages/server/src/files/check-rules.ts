/** `haltwatch check rules` and `haltwatch test rules`: what promtool's commands of these names do. */
import { readFileSync } from "node:fs";
import {
  duplicateRules,
  parseRuleFile,
  type RuleFault,
  type RuleFile,
  RuleFileError,
  ruleTestReport,
  runRuleTests,
} from "@haltwatch/rules";
import { checkPausePolicies } from "../rules/pause-policies.ts";
import { unreadable } from "./file-error.ts";

export interface RuleFileCheck {
  readonly file: string;
  readonly groups: readonly { readonly name: string; readonly rules: number }[];
  /** What Prometheus would refuse, a line each that begins with `file:line:column: `; empty if the file is good. */
  readonly faults: readonly string[];
  /** What it takes, and nobody means: rules of one name and the same labels. Lines as of faults. */
  readonly warnings: readonly string[];
}

export interface RuleTestRun {
  /** For people, in promtool's manner. */
  readonly report: string;
  readonly passed: boolean;
}

/**
 * Checks rule files as Prometheus does when it loads them.
 *
 * @throws {FileError} `UNREADABLE` before any is checked, if a file cannot be read
 */
export function checkRuleFiles(files: readonly string[]): RuleFileCheck[] {
  const texts = files.map((file) => [file, readText(file)] as const);
  return texts.map(([file, text]) => {
    try {
      const parsed = parseRuleFile(text, file);
      checkPausePolicies(parsed);
      const groups = parsed.groups.map(({ name, rules }) => ({ name, rules: rules.length }));
      return { file, groups, faults: [], warnings: duplicateWarnings(parsed) };
    } catch (error) {
      if (!(error instanceof RuleFileError)) throw error;
      return { file, groups: [], faults: error.faults.map(faultLine), warnings: [] };
    }
  });
}

/**
 * Runs files of rule unit tests.
 *
 * @param run only tests whose name it matches
 * @throws {FileError} `UNREADABLE` before any is run, if a file cannot be read
 */
export function testRuleFiles(files: readonly string[], run?: RegExp): RuleTestRun[] {
  for (const file of files) readText(file);
  return runRuleTests(files, { run }).map((result) => ({ report: ruleTestReport(result), passed: result.passed }));
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw unreadable(file, error);
  }
}

function faultLine({ file, line, column, group, rule, ruleName, message }: RuleFault): string {
  const where = [
    ...(group === undefined ? [] : [`group ${JSON.stringify(group)}`]),
    ...(rule === undefined ? [] : [`rule ${rule}, ${JSON.stringify(ruleName ?? "")}`]),
  ].join(", ");
  return `${file}:${line}:${column}: ${where === "" ? "" : `${where}: `}${message}`;
}

function duplicateWarnings(file: RuleFile): string[] {
  return duplicateRules(file).map(({ name, labels, positions }) => {
    const [first, ...others] = positions.map(({ line, column }) => `${line}:${column}`);
    const pairs = [...labels].map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(", ");
    const rule = pairs === "" ? name : `${name}{${pairs}}`;
    return `${file.file}:${first}: duplicate rule ${rule}, again at ${others.join(", ")}: what they record may be inconsistent`;
  });
}
