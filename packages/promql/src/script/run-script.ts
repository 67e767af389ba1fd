/** Runs test scripts: each `eval` passes, fails with what differs, or is skipped because it is on native histograms. */

import { METRIC_NAME } from "@haltwatch/store/labels";
import { type QueryResult, queryInstant, queryRange, type ResultSeries } from "../evaluate/engine.ts";
import { PromqlEvaluationError } from "../evaluate/evaluation-error.ts";
import { PromqlParseError } from "../promql-error.ts";
import { MemoryStorage } from "../storage/memory-storage.ts";
import { type EvalCommand, type Expectation, parseScript, ScriptError, timeOf } from "./script.ts";
import { type NotedSample, parseSeries, toNumber } from "./series-notation.ts";

/** How far two values may be apart to be the same, as a share of their sizes. */
const TOLERANCE = 1e-6;

/** As upstream's own runner has it; servers do not. */
const OPTIONS = { delayedNameRemoval: true };

type Outcome =
  | { readonly kind: "passed" }
  | { readonly kind: "skipped"; readonly why: string }
  | { readonly kind: "failed"; readonly why: string };

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
        for (const series of command.series) load(storage, series, command);
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

function load(
  storage: MemoryStorage,
  text: string,
  command: { line: number; intervalMs: number; withHistograms: boolean },
): void {
  if (/^\S*(\{.*\})?\s*@st\b/.test(text)) return; // start timestamps: they change no sample
  let noted: ReturnType<typeof parseSeries>;
  try {
    noted = parseSeries(text);
  } catch (error) {
    throw new ScriptError(command.line, error instanceof Error ? error.message : String(error));
  }
  const { labels, samples } = noted;
  for (const [index, sample] of samples.entries()) {
    if (sample !== "none") storage.append(labels, index * command.intervalMs, sample);
  }
  if (!command.withHistograms || !labels.has("le")) return;
  const name = labels.get(METRIC_NAME).replace(/_bucket$/, "");
  storage.append(labels.drop(new Set(["le"])).with(METRIC_NAME, name), 0, "histogram");
}

function outcomeOf(storage: MemoryStorage, command: EvalCommand): Outcome {
  if (command.results.some((line) => line.includes("{{"))) return { kind: "skipped", why: "native histograms" };
  let result: QueryResult;
  try {
    result =
      command.at.kind === "instant"
        ? queryInstant(storage, command.query, command.at.timeMs, OPTIONS)
        : queryRange(storage, command.query, command.at, OPTIONS);
  } catch (error) {
    return ofError(command, error);
  }
  if (command.expectations.some(({ kind }) => kind === "fail"))
    return { kind: "failed", why: "it was expected to fail, and did not" };
  const why = annotationFault(command, result) ?? resultFault(command, result);
  return why === undefined ? { kind: "passed" } : { kind: "failed", why };
}

function ofError(command: EvalCommand, error: unknown): Outcome {
  if (error instanceof PromqlEvaluationError && error.code === "NATIVE_HISTOGRAM")
    return { kind: "skipped", why: "native histograms" };
  if (!(error instanceof PromqlEvaluationError || error instanceof PromqlParseError)) throw error;
  const fails = command.expectations.filter(({ kind }) => kind === "fail");
  if (fails.length === 0) return { kind: "failed", why: `it failed: ${error.message}` };
  const message = error instanceof PromqlParseError ? error.reason : error.message;
  const wrong = fails.find(({ message: wanted }) => wanted !== undefined && !matches(wanted, message));
  return wrong === undefined
    ? { kind: "passed" }
    : { kind: "failed", why: `it failed with "${message}", not with "${wrong.message?.text}"` };
}

function matches(wanted: NonNullable<Expectation["message"]>, message: string): boolean {
  return wanted.isPattern ? new RegExp(wanted.text.replaceAll("(?i)", "")).test(message) : message === wanted.text;
}

/** Positions are no part of what a script expects. */
function bare(annotation: string): string {
  return annotation.replace(/ \(\d+:\d+\)$/, "");
}

function annotationFault({ expectations }: EvalCommand, result: QueryResult): string | undefined {
  for (const [kind, given] of [
    ["warn", result.warnings],
    ["info", result.infos],
  ] as const) {
    const wanted = expectations.filter((expectation) => expectation.kind === kind);
    if (wanted.length > 0 && given.length === 0) return `it has no ${kind}`;
    if (expectations.some((expectation) => expectation.kind === `no_${kind}`) && given.length > 0)
      return `it has a ${kind}: ${given[0]}`;
    for (const { message } of wanted) {
      if (
        message !== undefined &&
        !given.some((annotation) => matches(message, annotation) || matches(message, bare(annotation)))
      ) {
        return `no ${kind} is "${message.text}"; it has: ${given.join(" | ")}`;
      }
    }
  }
  return undefined;
}

function resultFault(command: EvalCommand, { value }: QueryResult): string | undefined {
  const string = command.expectations.find(({ kind }) => kind === "string");
  if (string !== undefined) {
    const wanted = JSON.parse(string.rest.replaceAll(/^`|`$/g, '"'));
    return value.type === "string" && value.value === wanted ? undefined : `it is ${JSON.stringify(value)}`;
  }
  if (value.type === "scalar") {
    const wanted = toNumber(command.results[0] ?? "");
    return almostEqual(value.value, wanted) ? undefined : `it is ${value.value}, not ${wanted}`;
  }
  if (value.type === "string") return command.results.length === 0 ? undefined : "it is a string";
  return seriesFault(command, value.series);
}

function seriesFault(command: EvalCommand, series: readonly ResultSeries[]): string | undefined {
  const wanted = command.results.map((line) =>
    /^[-+.\dIiNn]/.test(line) && !/[{]/.test(line) && !/^\S+\s/.test(line)
      ? { labels: undefined, samples: [toNumber(line)] }
      : parseSeries(line),
  );
  const isOrdered = command.expectations.some(({ kind }) => kind === "ordered");
  const shown = (): string => series.map((one) => `${one.labels} ${[...one.values].join(" ")}`).join("; ");
  const found = new Set<ResultSeries>();
  for (const [index, { labels, samples }] of wanted.entries()) {
    const key = labels?.key ?? "[]";
    const one = isOrdered ? series[index] : series.find((candidate) => candidate.labels.key === key);
    if (one === undefined || one.labels.key !== key) {
      if (samples.every((sample) => sample === "none")) continue;
      return `${labels ?? "{}"} is missing${isOrdered ? " at its place" : ""}; it has: ${shown()}`;
    }
    found.add(one);
    const fault = samplesFault(command, one, samples);
    if (fault !== undefined) return `${labels ?? "{}"}: ${fault}`;
  }
  const surplus = series.find((one) => !found.has(one));
  return surplus === undefined ? undefined : `${surplus.labels} is not expected: ${[...surplus.values].join(" ")}`;
}

function samplesFault(
  { line, at, expectations }: EvalCommand,
  one: ResultSeries,
  samples: readonly NotedSample[],
): string | undefined {
  const window = expectations.find(({ kind }) => kind === "range vector");
  let times: (index: number) => number;
  if (window !== undefined) {
    const [, from = "0", , step = "0"] = /from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)/.exec(window.rest) ?? [];
    const [fromMs, stepMs] = [timeOf(from, line), timeOf(step, line)];
    times = (index) => fromMs + index * stepMs;
  } else if (at.kind === "instant") times = () => at.timeMs;
  else times = (index) => at.startMs + index * at.stepMs;
  let matched = 0;
  for (const [index, sample] of samples.entries()) {
    const place = one.times.indexOf(times(index));
    const value = one.values[place];
    if (sample === "none") {
      if (place !== -1) return `there is ${value} at step ${index}, where there should be nothing`;
      continue;
    }
    if (typeof sample !== "number") return `it is expected to be ${sample} at step ${index}`;
    if (value === undefined) return `there is nothing at step ${index}, where there should be ${sample}`;
    if (!almostEqual(value, sample)) return `it is ${value} at step ${index}, not ${sample}`;
    matched += 1;
  }
  return matched === one.times.length ? undefined : `it has ${one.times.length} values, not ${matched}`;
}

/** Source: Prometheus, util/almost. */
function almostEqual(a: number, b: number): boolean {
  if (Number.isNaN(a) && Number.isNaN(b)) return true;
  if (a === b) return true;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < Number.MIN_VALUE) return difference < TOLERANCE * Number.MIN_VALUE;
  return difference / Math.min(sum, Number.MAX_VALUE) < TOLERANCE;
}
