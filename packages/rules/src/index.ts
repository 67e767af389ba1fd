/** Prometheus rules: files, recording and alerting rules, templates, rule unit tests. */

export type { Alert, AlertState } from "./evaluation/alert.ts";
export { AlertingRule, type AlertSurroundings } from "./evaluation/alerting-rule.ts";
export { isPauseRule, ReactiveRules } from "./evaluation/reactive-rules.ts";
export { RecordingRule } from "./evaluation/recording-rule.ts";
export type { RestoreOptions } from "./evaluation/restore-for-state.ts";
export type { RuleHealth } from "./evaluation/rule.ts";
export { RuleEvaluationError } from "./evaluation/rule-evaluation-error.ts";
export { type Rule, RuleGroup, type RuleGroupOptions } from "./evaluation/rule-group.ts";
export type { SampleSink } from "./evaluation/sample-sink.ts";
export { selectorsOf } from "./evaluation/selectors.ts";
export { parseRuleFile } from "./files/parse-rule-file.ts";
export {
  type AlertingRuleConfig,
  type DuplicateRule,
  duplicateRules,
  type RecordingRuleConfig,
  type RuleConfig,
  type RuleFile,
  type RuleGroupConfig,
} from "./files/rule-file.ts";
export { type RuleFault, RuleFileError } from "./files/rule-file-error.ts";
export {
  AlertTemplate,
  type AlertTemplateData,
  alertFunctions,
  parseAlertTemplate,
} from "./template/alert-template.ts";
export type { QuerySample, TemplateSurroundings } from "./template/prometheus-functions.ts";
export { TemplateError } from "./template/template-error.ts";
export type { TemplateLimits } from "./template/template-limits.ts";
export { type AlertCoverage, alertCoverage } from "./unit-test/alert-coverage.ts";
export { type RuleTestFiles, type RuleTestOptions, runRuleTests } from "./unit-test/run-rule-tests.ts";
export {
  type RuleTestFileResult,
  type RuleTestResult,
  ruleTestReport,
  type SkippedPart,
  type TestFailure,
} from "./unit-test/test-result.ts";
