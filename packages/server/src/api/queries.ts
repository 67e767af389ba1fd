/**
 * `query`, `query_range`, `query_exemplars`. Source: Prometheus, web/api/v1/api.go (`query`, `queryRange`,
 * `queryExemplars`); promql/engine.go for what a stopped query says.
 */
import {
  type EvaluationOptions,
  type Expr,
  PromqlEvaluationError,
  PromqlParseError,
  parseQuery,
  type QueryResult,
  queryInstant,
  queryRange,
  valueType,
} from "@haltwatch/promql";
import type { SeriesReader } from "@haltwatch/store";
import type { Answer } from "./answer.ts";
import { ApiError, invalidParameter } from "./api-error.ts";
import type { ApiSources } from "./api-sources.ts";
import { limitParameter, truncated } from "./limit-parameter.ts";
import type { Parameters } from "./parameters.ts";
import { QueryGate } from "./query-gate.ts";
import { hasSelector } from "./query-text.ts";
import { ReadCount } from "./read-count.ts";
import type { Route } from "./router.ts";
import { durationParameter, MAX_TIME_MS, MIN_TIME_MS, parseSeconds, timeParameter } from "./time-parameter.ts";

export interface QueryOptions {
  /** Queries at a time (default 20). */
  readonly maxConcurrent?: number;
  /** Longest query with its wait, milliseconds (default 2 minutes); a request may ask for less. */
  readonly timeoutMs?: number;
  /** Longest that one is evaluated, milliseconds (default: as long as it may take with its wait). Meanwhile nothing else runs. */
  readonly evaluationTimeoutMs?: number;
  /** Most samples that a query reads and holds (default 50 million). */
  readonly maxSamples?: number;
}

const DEFAULTS = {
  maxConcurrent: 20,
  timeoutMs: 120_000,
  evaluationTimeoutMs: Number.POSITIVE_INFINITY,
  maxSamples: 50_000_000,
} satisfies QueryOptions;

/** A query that took longer, milliseconds, is followed by a rest as long as itself, for whatever else this process does. */
const SHORT_MS = 20;

/** Most steps from start to end: a week at 60 s, a year at one hour. */
const MAX_STEPS = 11_000;

const STEP_FAULT = "zero or negative query resolution step widths are not accepted. Try a positive integer";

export function queryRoutes(sources: ApiSources, options: QueryOptions = {}): Route[] {
  const limits = { ...DEFAULTS, ...options };
  const gate = new QueryGate(limits.maxConcurrent);
  const route = (path: string, ask: (parameters: Parameters) => Question): Route => ({
    methods: ["GET", "POST"],
    path: `/api/v1/${path}`,
    access: "read",
    handle: ({ parameters, signal }) => {
      const limit = limitParameter(parameters);
      return askedQuery({ ...ask(parameters), limit, limits, parameters, signal }, sources, gate);
    },
  });
  return [
    route("query", (parameters) => {
      const timeMs = timeParameter(parameters, "time", sources.now());
      return {
        check: () => undefined,
        evaluate: (reader, query, evaluation) => queryInstant(reader, query, timeMs, evaluation),
      };
    }),
    route("query_range", (parameters) => {
      const range = rangeOf(parameters);
      return {
        check: checkRangeType,
        evaluate: (reader, query, evaluation) => queryRange(reader, query, range, evaluation),
      };
    }),
    {
      methods: ["GET", "POST"],
      path: "/api/v1/query_exemplars",
      access: "read",
      handle: ({ parameters }) => exemplars(parameters),
    },
  ];
}

/** What is particular to instant or range queries. */
interface Question {
  /** @throws {ApiError} for what cannot be asked so */
  readonly check: (expr: Expr) => void;
  readonly evaluate: (reader: SeriesReader, query: string, options: EvaluationOptions) => QueryResult;
}

interface AskedQuery extends Question {
  readonly limit: number;
  readonly limits: Required<QueryOptions>;
  readonly parameters: Parameters;
  readonly signal: AbortSignal;
}

/** Checks what both kinds of queries share, waits for its turn, evaluates, and says what it took. */
async function askedQuery(asked: AskedQuery, { store }: ApiSources, gate: QueryGate): Promise<Answer> {
  const { check, evaluate, limit, limits, parameters, signal } = asked;
  const wanted = parameters.get("timeout") === "" ? limits.timeoutMs : durationParameter(parameters, "timeout");
  const timeoutMs = Math.max(0, Math.min(wanted, limits.timeoutMs));
  const lookbackMs = lookbackOf(parameters);
  const query = parameters.get("query");
  check(parsed(query)); // before it waits: who wrote it wrong hears so at once
  const arrived = performance.now();
  return answeredThenRest(
    gate,
    () => {
      const begun = performance.now();
      const leftMs = timeoutMs - (begun - arrived);
      if (leftMs <= 0) throw new ApiError("timeout", "query timed out in query execution");
      const reader = new ReadCount(store);
      const evaluationMs = Math.min(leftMs, limits.evaluationTimeoutMs);
      const bounds = { maxSamples: limits.maxSamples, maxSteps: MAX_STEPS + 1, timeoutMs: evaluationMs };
      const given = answered(() => evaluate(reader, query, { lookbackMs, signal, limits: bounds }));
      const { value, warnings } = limited(given, limit);
      const isMeasured = parameters.get("stats") !== "";
      const stats = isMeasured ? reader.stats({ arrived, begun, ended: performance.now() }) : undefined;
      return { kind: "result", value, stats, warnings, infos: given.infos } as const;
    },
    { signal, timeoutMs },
  );
}

/** Keeps the gate a while longer than the answer takes: else one query after the other would leave scrapes and rules no time. */
function answeredThenRest(
  gate: QueryGate,
  answer: () => Answer,
  wait: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const act = async (): Promise<void> => {
      const begun = performance.now();
      try {
        resolve(answer());
      } catch (error) {
        reject(error);
      }
      const tookMs = performance.now() - begun;
      if (tookMs > SHORT_MS) await new Promise((rested) => setTimeout(rested, tookMs).unref());
    };
    gate.run(act, wait).catch(reject);
  });
}

function rangeOf(parameters: Parameters): { startMs: number; endMs: number; stepMs: number } {
  const startMs = timeParameter(parameters, "start");
  const endMs = timeParameter(parameters, "end");
  if (endMs < startMs) throw invalidParameter("end", "end timestamp must not be before start time");
  const exactStep = durationParameter(parameters, "step");
  if (!(exactStep > 0)) throw invalidParameter("step", STEP_FAULT);
  if (Math.floor((endMs - startMs) / exactStep) > MAX_STEPS) {
    throw new ApiError(
      "bad_data",
      "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)",
    );
  }
  const stepMs = Math.floor(exactStep);
  // Upstream divides by it: `unexpected error: runtime error: integer divide by zero`.
  if (stepMs === 0) throw invalidParameter("step", STEP_FAULT);
  return { startMs, endMs, stepMs };
}

function lookbackOf(parameters: Parameters): number | undefined {
  const text = parameters.get("lookback_delta");
  if (text === "") return undefined;
  const lookback = parseSeconds(text);
  if (typeof lookback !== "number")
    throw new ApiError("bad_data", `error parsing lookback delta duration: ${lookback.fault}`);
  return lookback > 0 ? Math.floor(lookback) : undefined;
}

/** @throws {ApiError} `bad_data` */
function parsed(query: string): Expr {
  try {
    return parseQuery(query);
  } catch (error) {
    throw error instanceof PromqlParseError ? invalidParameter("query", error.message) : error;
  }
}

function checkRangeType(expr: Expr): void {
  const type = valueType(expr);
  if (type === "scalar" || type === "vector") return;
  const name = type === "matrix" ? "range vector" : type;
  throw invalidParameter(
    "query",
    `invalid expression type "${name}" for range query, must be Scalar or instant Vector`,
  );
}

/** Evaluates; what stops it becomes what the API calls it. */
function answered(evaluate: () => QueryResult): QueryResult {
  try {
    return evaluate();
  } catch (error) {
    if (!(error instanceof PromqlEvaluationError)) throw error;
    if (error.code === "CANCELED") throw new ApiError("canceled", error.message, error);
    throw new ApiError(error.code === "TIMEOUT" ? "timeout" : "execution", error.message, error);
  }
}

function limited({ value, warnings }: QueryResult, limit: number): Pick<QueryResult, "value" | "warnings"> {
  if (value.type === "scalar" || value.type === "string") return { value, warnings };
  const { items, warnings: more } = truncated(value.series, limit);
  return { value: { ...value, series: items }, warnings: [...warnings, ...more] };
}

/** None are kept; the request is checked all the same. */
function exemplars(parameters: Parameters): Answer {
  const startMs = timeParameter(parameters, "start", MIN_TIME_MS);
  const endMs = timeParameter(parameters, "end", MAX_TIME_MS);
  if (endMs < startMs) throw new ApiError("bad_data", "end timestamp must not be before start timestamp");
  let expr: Expr;
  try {
    expr = parseQuery(parameters.get("query"));
  } catch (error) {
    throw error instanceof PromqlParseError ? new ApiError("bad_data", error.message) : error;
  }
  return hasSelector(expr) ? { kind: "data", data: [] } : { kind: "nothing" };
}
