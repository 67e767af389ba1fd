/** What the commands do that work on files: import, dump, salvage, check, test. */
export { type SalvageReport, salvage } from "@haltwatch/store";
export { checkMetrics, type MetricRemark, type MetricsCheck } from "./check-metrics.ts";
export { checkRuleFiles, type RuleFileCheck, type RuleTestRun, testRuleFiles } from "./check-rules.ts";
export { type DumpOptions, dump } from "./dump.ts";
export { FileError, type FileErrorCode } from "./file-error.ts";
export { type ImportOptions, type ImportProgress, type ImportReport, importFiles } from "./import-files.ts";
