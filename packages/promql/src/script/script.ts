/** Reads test scripts in Prometheus's `.test` format. Source: Prometheus 3, promql/promqltest/README.md and test.go. */
import { unquote } from "../parse/string-literal.ts";
import { type Expectation, expectationOf, validateExpectations } from "./expectation.ts";
import { ScriptError } from "./script-error.ts";
import { type NotedSeries, numberOf, parseSeries } from "./series-notation.ts";
import { timeOf } from "./time.ts";

/** When a query is asked. */
type EvalTime =
  | { readonly kind: "instant"; readonly timeMs: number }
  | { readonly kind: "range"; readonly startMs: number; readonly endMs: number; readonly stepMs: number };

/** The times of an expected range vector. */
interface ExpectedTimes {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

export interface EvalCommand {
  readonly kind: "eval";
  readonly line: number;
  readonly at: EvalTime;
  readonly query: string;
  readonly expectations: readonly Expectation[];
  /** `expect string "…"`. */
  readonly string: string | undefined;
  /** `expect range vector from … to … step …`, of an instant query for a range vector. */
  readonly rangeVector: ExpectedTimes | undefined;
  /** One number: the result is a scalar. */
  readonly scalar: number | undefined;
  readonly series: readonly NotedSeries[];
}

export interface LoadCommand {
  readonly kind: "load";
  readonly line: number;
  readonly intervalMs: number;
  /** Classic histograms are loaded as native ones, too. */
  readonly withHistograms: boolean;
  /** Series and their start timestamps, as they are written. */
  readonly lines: readonly { readonly line: number; readonly text: string }[];
}

export type Command = { readonly kind: "clear"; readonly line: number } | LoadCommand | EvalCommand;

const LOAD = /^load(_with_nhcb)?\s+(\S+)$/i;
const INSTANT = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(\S+)\s+)?(.+)$/i;
const RANGE = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+)$/i;
const RANGE_VECTOR = /^expect range vector\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)$/;
const STRING = "expect string";

/** @throws {ScriptError} */
export function parseScript(text: string): Command[] {
  const lines = text.split("\n").map((line) => line.trim().replace(/^#.*$/, ""));
  const commands: Command[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line === "") continue;
    const number = at + 1;
    if (/^clear(?:\s|$)/i.test(line)) {
      commands.push({ kind: "clear", line: number });
      continue;
    }
    const block = lines.slice(at + 1, blockEnd(lines, at + 1));
    if (/^load/i.test(line)) {
      commands.push(loadOf(line, number, block));
      at += block.length;
    } else if (/^eval/i.test(line)) {
      const { command, read } = evalOf(line, number, block);
      commands.push(command);
      at += read;
    } else throw new ScriptError(number, `this is no command: ${line}`);
  }
  return commands;
}

/** A block ends at an empty line, or at a comment. */
function blockEnd(lines: readonly string[], from: number): number {
  const end = lines.indexOf("", from);
  return end === -1 ? lines.length : end;
}

function loadOf(line: string, number: number, block: readonly string[]): LoadCommand {
  const load = LOAD.exec(line);
  if (load === null) throw new ScriptError(number, `this is no load command: ${line}`);
  const lines = block.map((text, index) => ({ line: number + 1 + index, text }));
  return {
    kind: "load",
    line: number,
    intervalMs: timeOf(load[2] ?? "", number),
    withHistograms: load[1] !== undefined,
    lines,
  };
}

/** The command, and how many lines of the block it has read: one number ends it, as does the message of a failure. */
function evalOf(line: string, number: number, block: readonly string[]): { command: EvalCommand; read: number } {
  const { at, query, modifier } = questionOf(line, number);
  const expectations: Expectation[] =
    modifier === undefined ? [] : [{ kind: modifier, isOld: true, message: undefined }];
  const series: NotedSeries[] = [];
  let string: string | undefined;
  let rangeVector: ExpectedTimes | undefined;
  let scalar: number | undefined;
  let read = 0;
  for (const text of block) {
    read += 1;
    const place = number + read;
    if (text.startsWith(STRING)) string = stringOf(text, place);
    else if (text.startsWith("expect range vector")) rangeVector = timesOf(text, place);
    else if (modifier === "fail" && text.startsWith("expected_fail_")) {
      expectations.push(expectationOf(text, place));
      break;
    } else if (/^expect(?:\s|$)/.test(text)) expectations.push(expectationOf(text, place));
    else {
      scalar = numberOf(text);
      if (scalar !== undefined) break;
      series.push(seriesOf(text, place, at.kind === "range" || rangeVector !== undefined));
    }
  }
  validateExpectations(expectations, number);
  return {
    command: { kind: "eval", line: number, at, query, expectations, string, rangeVector, scalar, series },
    read,
  };
}

function questionOf(
  line: string,
  number: number,
): { at: EvalTime; query: string; modifier: "fail" | "warn" | "info" | "ordered" | undefined } {
  const range = RANGE.exec(line);
  if (range !== null) {
    const [, modifier, from = "", to = "", step = "", query = ""] = range;
    const times = { startMs: timeOf(from, number), endMs: timeOf(to, number), stepMs: timeOf(step, number) };
    if (times.endMs < times.startMs) throw new ScriptError(number, `the end ${to} is before the start ${from}`);
    return { at: { kind: "range", ...times }, query, modifier: modifierOf(modifier) };
  }
  const instant = INSTANT.exec(line);
  if (instant === null) throw new ScriptError(number, `this is no eval command: ${line}`);
  const [, modifier, time = "0", query = ""] = instant;
  return { at: { kind: "instant", timeMs: timeOf(time, number) }, query, modifier: modifierOf(modifier) };
}

function modifierOf(text: string | undefined): "fail" | "warn" | "info" | "ordered" | undefined {
  switch (text?.toLowerCase()) {
    case "fail":
    case "warn":
    case "info":
    case "ordered":
      return text.toLowerCase() as "fail" | "warn" | "info" | "ordered"; // just matched
    default:
      return undefined;
  }
}

function stringOf(text: string, line: number): string {
  const literal = text.slice(STRING.length).trim();
  const string = /^["'`]/.test(literal) ? unquote(literal, 0) : { fault: "a quoted string is required", at: 0 };
  if ("fault" in string) throw new ScriptError(line, `expected string literal not valid: ${string.fault}`);
  return string.value;
}

function timesOf(text: string, line: number): ExpectedTimes {
  const match = RANGE_VECTOR.exec(text);
  if (match === null) throw new ScriptError(line, `this is no range vector: ${text}`);
  const [, from = "", to = "", step = ""] = match;
  return { startMs: timeOf(from, line), endMs: timeOf(to, line), stepMs: timeOf(step, line) };
}

function seriesOf(text: string, line: number, maySpan: boolean): NotedSeries {
  let series: NotedSeries;
  try {
    series = parseSeries(text);
  } catch (error) {
    throw new ScriptError(line, error instanceof Error ? error.message : String(error));
  }
  if (series.samples.length > 1 && !maySpan)
    throw new ScriptError(line, "an instant query gives one value, unless a range vector is expected");
  return series;
}
