/** What an evaluation knows throughout: its steps, its storage, its limits, and what it has to say beside the result. */

import type { SeriesReader } from "@haltwatch/store";
import type { Expr } from "../ast.ts";
import type { Span } from "../promql-error.ts";
import { PromqlEvaluationError } from "./evaluation-error.ts";
import type { Value } from "./values.ts";

/** What bounds a query. */
export interface QueryLimits {
  /** Most samples read and held, over all selectors (Prometheus: 50 million). */
  readonly maxSamples: number;
  /** Most steps of a range query (Prometheus: 11,000). */
  readonly maxSteps: number;
  /** Longest evaluation, milliseconds. */
  readonly timeoutMs: number;
}

export const DEFAULT_LIMITS: QueryLimits = { maxSamples: 50_000_000, maxSteps: 11_000, timeoutMs: 120_000 };

/** After so many samples it is looked whether there is still time: the clock is not read for each series. */
const LOOK_EACH_SAMPLES = 10_000;

/** How far back an instant selector looks for a sample unless said otherwise, milliseconds. */
const DEFAULT_LOOKBACK_MS = 300_000;

/** Step of a subquery that names none, milliseconds. */
const DEFAULT_SUBQUERY_STEP_MS = 60_000;

export interface EvaluationOptions {
  readonly lookbackMs?: number | undefined;
  readonly subqueryStepMs?: number | undefined;
  readonly limits?: Partial<QueryLimits> | undefined;
  /** Names go at the query's end instead of at each operation (Prometheus: promql-delayed-name-removal). */
  readonly delayedNameRemoval?: boolean | undefined;
  /** Since when samples count tells of resets, where the storage knows it (Prometheus: use-start-timestamps). */
  readonly useStartTimestamps?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The query's text, for the places in annotations. */
  readonly query?: string | undefined;
}

/** Warnings and infos, each once, in the order they came. */
export class Annotations {
  readonly warnings = new Set<string>();
  readonly infos = new Set<string>();

  readonly #query: string;

  constructor(query: string) {
    this.#query = query;
  }

  warn(message: string, span: Span): void {
    this.warnings.add(`PromQL warning: ${message} ${this.#place(span)}`);
  }

  info(message: string, span: Span): void {
    this.infos.add(`PromQL info: ${message} ${this.#place(span)}`);
  }

  /** `(line:column)`, both 1-based. */
  #place({ start }: Span): string {
    const before = this.#query.slice(0, start);
    return `(${before.split("\n").length}:${before.length - before.lastIndexOf("\n")})`;
  }
}

/** The steps of one evaluation: the query's own, or a subquery's. */
export interface Steps {
  readonly startMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/** Evaluates an expression over a context's steps. */
export type Evaluate = (context: EvaluationContext, expr: Expr) => Value;

export class EvaluationContext {
  readonly storage: SeriesReader;
  readonly annotations: Annotations;
  readonly steps: Steps;
  /** Of the whole query, for `@ start()` and `@ end()`. */
  readonly queryStartMs: number;
  readonly queryEndMs: number;
  readonly lookbackMs: number;
  readonly subqueryStepMs: number;
  readonly delayedNameRemoval: boolean;
  readonly useStartTimestamps: boolean;
  /** Presence at every step: of all series that have it, and written to by none. */
  readonly everyStep: Uint8Array;
  readonly #budget: {
    samplesLeft: number;
    readonly deadline: number;
    readonly signal: AbortSignal | undefined;
    sinceLook: number;
  };

  /** Evaluates an operand: handed in, so that operators and functions do not depend on what calls them. */
  readonly evaluate: Evaluate;

  constructor(
    storage: SeriesReader,
    steps: Steps,
    options: EvaluationOptions,
    evaluate: Evaluate,
    parent?: EvaluationContext,
  ) {
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.storage = storage;
    this.steps = steps;
    this.evaluate = evaluate;
    this.annotations = parent?.annotations ?? new Annotations(options.query ?? "");
    this.queryStartMs = parent?.queryStartMs ?? steps.startMs;
    this.queryEndMs = parent?.queryEndMs ?? steps.startMs + steps.stepMs * (steps.count - 1);
    this.lookbackMs = options.lookbackMs ?? DEFAULT_LOOKBACK_MS;
    this.subqueryStepMs = options.subqueryStepMs ?? DEFAULT_SUBQUERY_STEP_MS;
    this.delayedNameRemoval = options.delayedNameRemoval ?? false;
    this.useStartTimestamps = options.useStartTimestamps ?? false;
    this.everyStep = new Uint8Array(steps.count).fill(1);
    this.#budget = parent?.budget ?? {
      samplesLeft: limits.maxSamples,
      deadline: performance.now() + limits.timeoutMs,
      signal: options.signal,
      sinceLook: LOOK_EACH_SAMPLES,
    };
  }

  protected get budget() {
    return this.#budget;
  }

  /** The same, over other steps. */
  over(steps: Steps): EvaluationContext {
    const { lookbackMs, subqueryStepMs, delayedNameRemoval, useStartTimestamps } = this;
    this.spend(steps.count); // before there is an array of that length
    return new EvaluationContext(
      this.storage,
      steps,
      { lookbackMs, subqueryStepMs, delayedNameRemoval, useStartTimestamps },
      this.evaluate,
      this,
    );
  }

  timeAt(step: number): number {
    return this.steps.startMs + this.steps.stepMs * step;
  }

  /** Called for whatever grows with the data. @throws {PromqlEvaluationError} when the query has had its share */
  spend(samples: number): void {
    const budget = this.#budget;
    budget.samplesLeft -= samples;
    if (budget.samplesLeft < 0) {
      throw new PromqlEvaluationError(
        "LIMIT",
        "query processing would load too many samples into memory in query execution",
        "Ask for fewer series or a shorter time, or raise maxSamples",
      );
    }
    this.work(samples);
  }

  /** Called for whatever takes time without taking memory: so many samples are looked at. @throws {PromqlEvaluationError} */
  work(samples: number): void {
    const budget = this.#budget;
    budget.sinceLook += samples;
    if (budget.sinceLook < LOOK_EACH_SAMPLES) return;
    budget.sinceLook = 0;
    this.#lookAtTime();
  }

  #lookAtTime(): void {
    const { deadline, signal } = this.#budget;
    if (signal?.aborted === true)
      throw new PromqlEvaluationError("CANCELED", "query was canceled in query execution", "Ask again");
    if (performance.now() > deadline) {
      throw new PromqlEvaluationError(
        "TIMEOUT",
        "query timed out in query execution",
        "Ask for less, or raise timeoutMs",
      );
    }
  }
}
