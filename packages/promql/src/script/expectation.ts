/** What a script expects of a query beside its result: `expect warn msg: …`. Source: Prometheus 3, promql/promqltest/test.go. */
import { anchored } from "@haltwatch/store/labels";
import { ScriptError } from "./script-error.ts";

type ExpectationKind = "fail" | "warn" | "info" | "no_warn" | "no_info" | "ordered";

export interface Expectation {
  readonly kind: ExpectationKind;
  /** By `eval_warn` and its like: there is one, whatever else there is. */
  readonly isOld: boolean;
  /** What one of the messages must be; nothing for any message. */
  readonly message: ((text: string) => boolean) | undefined;
}

const EXPECT = /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.+))?$/;
const OLD_FAILURE = /^expected_fail_(message|regexp)\s*(.*)$/;

/** @throws {ScriptError} */
export function expectationOf(text: string, line: number): Expectation {
  const old = OLD_FAILURE.exec(text);
  if (old !== null) return { kind: "fail", isOld: true, message: messageOf(old[1] ?? "", old[2] ?? "", line) };
  const match = EXPECT.exec(text);
  if (match === null) throw new ScriptError(line, `this is no expectation: ${text}`);
  const [, kind = "", how, message = ""] = match;
  return {
    kind: kind as ExpectationKind, // by the pattern
    isOld: false,
    message: how === undefined ? undefined : messageOf(how, message, line),
  };
}

function messageOf(how: string, text: string, line: number): (message: string) => boolean {
  const wanted = text.trim();
  if (how === "msg" || how === "message") return (message) => message === wanted;
  try {
    const pattern = anchored(`.*(?:${wanted}).*`); // anywhere in the message
    return (message) => pattern.matches(message);
  } catch {
    throw new ScriptError(line, `this is no regular expression: ${wanted}`);
  }
}

/** @throws {ScriptError} for expectations that exclude each other */
export function validateExpectations(expectations: readonly Expectation[], line: number): void {
  const has = (kind: ExpectationKind): boolean => expectations.some((one) => one.kind === kind && !one.isOld);
  if (has("info") && has("no_info")) throw new ScriptError(line, "info and no_info cannot be expected at once");
  if (has("warn") && has("no_warn")) throw new ScriptError(line, "warn and no_warn cannot be expected at once");
  if (expectations.filter(({ kind, isOld }) => kind === "fail" && !isOld).length > 1)
    throw new ScriptError(line, "one failure can be expected, not several");
}

/** What does not fit between the warnings, or infos, and what is expected of them. */
export function annotationFault(
  kind: "warn" | "info",
  expectations: readonly Expectation[],
  given: readonly string[],
): string | undefined {
  const wanted = expectations.filter((expectation) => expectation.kind === kind);
  if (wanted.length > 0 && given.length === 0) return `it has no ${kind}`;
  if (expectations.some((expectation) => expectation.kind === `no_${kind}`) && given.length > 0)
    return `it has a ${kind}: ${given[0]}`;
  const exact = wanted.filter(({ isOld }) => !isOld);
  const matches = ({ message }: Expectation, text: string): boolean =>
    message === undefined || message(text) || message(bare(text));
  const unmatched = exact.findIndex((expectation) => !given.some((text) => matches(expectation, text)));
  if (unmatched !== -1) return `expectation ${unmatched + 1} of a ${kind} is not met; it has: ${given.join(" | ")}`;
  const surplus = given.find((text) => !exact.some((expectation) => matches(expectation, text)));
  return exact.length > 0 && surplus !== undefined ? `it has a ${kind} that is not expected: ${surplus}` : undefined;
}

/** A script may expect a message with or without its position. */
function bare(annotation: string): string {
  return annotation.replace(/ \(\d+:\d+\)$/, "");
}
