/** Reads test scripts in Prometheus's `.test` format. Source: Prometheus, promql/promqltest/README.md. */
import { parseDuration } from "../parse/duration.ts";

/** What a result must be beside its values. */
export interface Expectation {
  readonly kind: "fail" | "warn" | "info" | "no_warn" | "no_info" | "ordered" | "string" | "range vector";
  /** What one of the messages must be, or match. */
  readonly message?: { readonly text: string; readonly isPattern: boolean } | undefined;
  /** Of `string` and `range vector`: the rest of the line. */
  readonly rest: string;
}

export interface EvalCommand {
  readonly kind: "eval";
  readonly line: number;
  readonly at:
    | { readonly kind: "instant"; readonly timeMs: number }
    | { readonly kind: "range"; readonly startMs: number; readonly endMs: number; readonly stepMs: number };
  readonly query: string;
  readonly expectations: readonly Expectation[];
  /** Series with their values, or one number. */
  readonly results: readonly string[];
}

export type Command =
  | { readonly kind: "clear"; readonly line: number }
  | {
      readonly kind: "load";
      readonly line: number;
      readonly intervalMs: number;
      readonly withHistograms: boolean;
      readonly series: readonly string[];
    }
  | EvalCommand;

/** A script has a mistake, at a line. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
  readonly line: number;

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

const LOAD = /^load(_with_nhcb)?\s+(\S+)$/;
const EVAL =
  /^eval(?:_(fail|warn|info|ordered))?\s+(?:instant\s+(?:at\s+(\S+)\s+)?|range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+)(.+)$/s;
const EXPECT =
  /^expect\s+(range vector|fail|warn|info|no_warn|no_info|ordered|string)\b\s*(?:(msg|regex):\s*(.*)|(.*))$/;

/** @throws {ScriptError} */
export function parseScript(text: string): Command[] {
  const lines = text.split("\n").map((line) => stripComment(line).trim());
  const commands: Command[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? "";
    const number = at + 1;
    at += 1;
    if (line === "") continue;
    const block: string[] = [];
    if (line === "clear") {
      commands.push({ kind: "clear", line: number });
      continue;
    }
    while (at < lines.length && lines[at] !== "" && !/^(load|eval|clear)/.test(lines[at] ?? ""))
      block.push(lines[at++] ?? "");
    commands.push(commandOf(line, number, block));
  }
  return commands;
}

function commandOf(line: string, number: number, block: readonly string[]): Command {
  const load = LOAD.exec(line);
  if (load !== null) {
    const intervalMs = timeOf(load[2] ?? "", number);
    return { kind: "load", line: number, intervalMs, withHistograms: load[1] !== undefined, series: block };
  }
  const evaluation = EVAL.exec(line);
  if (evaluation === null) throw new ScriptError(number, `this is no command: ${line}`);
  const [, modifier, instant, from, to, step, query = ""] = evaluation;
  const at =
    from === undefined
      ? ({ kind: "instant", timeMs: timeOf(instant ?? "0", number) } as const)
      : ({
          kind: "range",
          startMs: timeOf(from, number),
          endMs: timeOf(to ?? "", number),
          stepMs: timeOf(step ?? "", number),
        } as const);
  const expectations: Expectation[] =
    modifier === undefined ? [] : [{ kind: modifier as "fail" | "warn" | "info" | "ordered", rest: "" }]; // by the pattern
  const results: string[] = [];
  for (const text of block) {
    const expectation = expectationOf(text);
    if (expectation === undefined) results.push(text);
    else expectations.push(expectation);
  }
  return { kind: "eval", line: number, at, query, expectations, results };
}

function expectationOf(text: string): Expectation | undefined {
  const old = /^expected_fail_(message|regexp)\s+(.*)$/.exec(text);
  if (old !== null) return { kind: "fail", message: { text: old[2] ?? "", isPattern: old[1] === "regexp" }, rest: "" };
  const match = EXPECT.exec(text);
  if (match === null) return undefined;
  const [, kind, how, message, rest = ""] = match;
  return {
    kind: kind as Expectation["kind"], // by the pattern
    message: how === undefined ? undefined : { text: (message ?? "").trim(), isPattern: how === "regex" },
    rest: rest.trim(),
  };
}

/** A duration, or seconds. */
export function timeOf(text: string, line: number): number {
  const negative = text.startsWith("-");
  const plain = negative ? text.slice(1) : text;
  const ms = /^[\d.]+(e[+-]?\d+)?$/i.test(plain) ? Number(plain) * 1000 : parseDuration(plain);
  if (ms === undefined || Number.isNaN(ms)) throw new ScriptError(line, `${text} is no time`);
  return negative ? -ms : ms;
}

/** A `#` within quotes is none. */
function stripComment(line: string): string {
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? "";
    if (quote !== "") {
      if (character === "\\" && quote !== "`") at += 1;
      else if (character === quote) quote = "";
    } else if (character === '"' || character === "'" || character === "`") quote = character;
    else if (character === "#") return line.slice(0, at);
  }
  return line;
}
