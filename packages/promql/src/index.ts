/** Prometheus queries: parsed, checked, printed, evaluated. */

export type { SeriesReader, StoredSeries } from "@haltwatch/store";
export { Labels } from "@haltwatch/store/labels";
export type * from "./ast.ts";
export { valueType } from "./ast.ts";
export type { EvaluationOptions, QueryLimits } from "./evaluate/context.ts";
export { type QueryResult, type QueryValue, queryInstant, queryRange, type ResultSeries } from "./evaluate/engine.ts";
export { PromqlEvaluationError } from "./evaluate/evaluation-error.ts";
export { FUNCTIONS, type FunctionSignature } from "./functions/signatures.ts";
export { formatDuration, parseDuration } from "./parse/duration.ts";
export { parseQuery } from "./parse/parser.ts";
export { prettyQuery, printQuery } from "./print/print.ts";
export { PromqlParseError, type Span } from "./promql-error.ts";
export { type EvalOutcome, runScript } from "./script/run-script.ts";
export { ScriptError } from "./script/script-error.ts";
export { type NotedSample, type NotedSeries, parseSeries } from "./script/series-notation.ts";
export { type MemorySample, MemoryStorage } from "./storage/memory-storage.ts";
