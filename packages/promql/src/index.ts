/** Prometheus queries: parsed, checked, printed. */
export type * from "./ast.ts";
export { valueType } from "./ast.ts";
export { FUNCTIONS, type FunctionSignature } from "./functions/signatures.ts";
export { formatDuration, parseDuration } from "./parse/duration.ts";
export { parseQuery } from "./parse/parser.ts";
export { prettyQuery, printQuery } from "./print/print.ts";
export { PromqlParseError, type Span } from "./promql-error.ts";
