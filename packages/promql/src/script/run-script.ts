/** Runs test scripts: each `eval` passes, fails with what differs, or is skipped because it is on native histograms. */

import { type QueryResult, type QueryValue, queryInstant, queryRange } from "../evaluate/engine.ts";
import { PromqlEvaluationError } from "../evaluate/evaluation-error.ts";
import { PromqlParseError } from "../promql-error.ts";
import { MemoryStorage } from "../storage/memory-storage.ts";
import { valueFault } from "./compare.ts";
import { annotationFault } from "./expectation.ts";
import { load } from "./load.ts";
import { type EvalCommand, parseScript } from "./script.ts";
import { type InstantQuestion, isSameInRange, questionsLike } from "./variants.ts";

/** As upstream's own runner has it; servers do not. */
const OPTIONS = { delayedNameRemoval: true, useStartTimestamps: true };

/** An instant query is asked again as the middle of a range of three steps, milliseconds. */
const AROUND_MS = 60_000;

type Outcome =
  | { readonly kind: "passed" }
  | { readonly kind: "skipped"; readonly why: string }
  | { readonly kind: "failed"; readonly why: string };

const PASSED: Outcome = { kind: "passed" };

export interface EvalOutcome {
  readonly line: number;
  readonly query: string;
  readonly outcome: Outcome;
}

/** @throws {ScriptError} where the script itself cannot be read */
export function runScript(text: string): EvalOutcome[] {
  const storage = new MemoryStorage();
  const outcomes: EvalOutcome[] = [];
  for (const command of parseScript(text)) {
    switch (command.kind) {
      case "clear":
        storage.clear();
        break;
      case "load":
        load(storage, command);
        break;
      case "eval":
        outcomes.push({ line: command.line, query: command.query, outcome: outcomeOf(storage, command) });
        break;
      default:
        command satisfies never;
    }
  }
  return outcomes;
}

function outcomeOf(storage: MemoryStorage, command: EvalCommand): Outcome {
  const { at, query, series, rangeVector } = command;
  if (series.some(({ samples }) => samples.includes("histogram"))) return { kind: "skipped", why: "native histograms" };
  if (at.kind === "range") return judged(command, () => queryRange(storage, query, at, OPTIONS)).outcome;
  for (const question of questionsLike(query, rangeVector?.endMs ?? at.timeMs)) {
    const { outcome, value } = judged(command, () => queryInstant(storage, question.query, question.timeMs, OPTIONS));
    const whole = outcome.kind === "passed" ? inRange(storage, command, question, value) : outcome;
    if (whole.kind === "failed" && question.query !== query)
      return { kind: "failed", why: `asked as ${question.query} at ${question.timeMs} ms: ${whole.why}` };
    if (whole.kind !== "passed") return whole;
  }
  return PASSED;
}

/** Whether the query fails when it should, and gives what it should. */
function judged(command: EvalCommand, ask: () => QueryResult): { outcome: Outcome; value?: QueryValue } {
  let result: QueryResult;
  try {
    result = ask();
  } catch (error) {
    return { outcome: ofError(command, error) };
  }
  const { expectations } = command;
  if (expectations.some(({ kind }) => kind === "fail"))
    return { outcome: { kind: "failed", why: "it was expected to fail, and did not" } };
  const why =
    annotationFault("warn", expectations, result.warnings) ??
    annotationFault("info", expectations, result.infos) ??
    valueFault(command, result.value);
  return { outcome: why === undefined ? PASSED : { kind: "failed", why }, value: result.value };
}

function ofError(command: EvalCommand, error: unknown): Outcome {
  if (error instanceof PromqlEvaluationError && error.code === "NATIVE_HISTOGRAM")
    return { kind: "skipped", why: "native histograms" };
  if (!(error instanceof PromqlEvaluationError || error instanceof PromqlParseError)) throw error;
  const fails = command.expectations.filter(({ kind }) => kind === "fail");
  if (fails.length === 0) return { kind: "failed", why: `it failed: ${error.message}` };
  const message = error instanceof PromqlParseError ? error.reason : error.message;
  const isOther = fails.some((expectation) => expectation.message !== undefined && !expectation.message(message));
  return isOther ? { kind: "failed", why: `it failed otherwise than expected: ${message}` } : PASSED;
}

/** The same, as the middle step of a range. */
function inRange(
  storage: MemoryStorage,
  command: EvalCommand,
  { query, timeMs }: InstantQuestion,
  value: QueryValue | undefined,
): Outcome {
  if (value?.type !== "scalar" && value?.type !== "vector") return PASSED;
  if (!isSameInRange(query) || command.expectations.some(({ kind }) => kind === "ordered")) return PASSED;
  const range = { startMs: timeMs - AROUND_MS, endMs: timeMs + AROUND_MS, stepMs: AROUND_MS };
  let result: QueryResult;
  try {
    result = queryRange(storage, query, range, OPTIONS);
  } catch (error) {
    if (!(error instanceof PromqlEvaluationError)) throw error;
    if (error.code === "NATIVE_HISTOGRAM") return { kind: "skipped", why: "native histograms" };
    return { kind: "failed", why: `over a range it failed: ${error.message}` };
  }
  const why = valueFault(command, middleOf(result.value, timeMs, value.type));
  return why === undefined ? PASSED : { kind: "failed", why: `over a range: ${why}` };
}

function middleOf(value: QueryValue, timeMs: number, type: "scalar" | "vector"): QueryValue {
  if (value.type !== "matrix") return value;
  const series = value.series.flatMap(({ labels, times, values }) => {
    const place = times.indexOf(timeMs);
    return place === -1 ? [] : [{ labels, times: Float64Array.of(timeMs), values: values.slice(place, place + 1) }];
  });
  return type === "vector" ? { type, series } : { type, timeMs, value: series[0]?.values[0] ?? Number.NaN };
}
