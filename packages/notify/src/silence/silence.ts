/** A silence: so long, alerts that it matches are not told. Source: Alertmanager, silence/silence.go. */
import type { LabelMatcher } from "@haltwatch/store/labels";
import { NotifyError } from "../notify-error.ts";
import { Matchers, matcherFault } from "../routing/matcher.ts";

export interface Silence {
  readonly id: string;
  readonly matchers: readonly LabelMatcher[];
  /** Unix milliseconds, as all times here. */
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly updatedAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
}

/** What somebody asks for: without an id a new one. */
export interface SilenceRequest {
  readonly id?: string | undefined;
  readonly matchers: readonly LabelMatcher[];
  /** Now, if it is left out or over. */
  readonly startsAtMs?: number | undefined;
  readonly endsAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
}

export type SilenceState = "pending" | "active" | "expired";

/** Longest comment and name, characters. */
const MAX_TEXT_LENGTH = 10_000;

const MAX_MATCHERS = 100;

export function silenceStateAt({ startsAtMs, endsAtMs }: Silence, timeMs: number): SilenceState {
  if (timeMs < startsAtMs) return "pending";
  return timeMs >= endsAtMs ? "expired" : "active";
}

/** @throws {NotifyError} `BAD_SILENCE` */
export function checkSilence({ matchers, startsAtMs, endsAtMs, createdBy, comment }: SilenceRequest): void {
  if (matchers.length === 0) throw badSilence("it has no matcher", "Say what it matches: alertname=OrdersFail");
  if (matchers.length > MAX_MATCHERS) throw badSilence(`it has more than ${MAX_MATCHERS} matchers`, "Use fewer");
  for (const matcher of matchers) {
    if (matcher.name === "") throw badSilence("a matcher has no label", "Write it like alertname=OrdersFail");
    const fault = matcherFault(matcher);
    if (fault !== undefined) throw badSilence(`${JSON.stringify(matcher.value)}: ${fault}`, "Mend the expression");
  }
  if (matchers.every((matcher) => isEasy(matcher) && new Matchers([matcher]).matches(NOTHING)))
    throw badSilence("it would match everything", "Let one matcher at least want a label");
  if (!Number.isFinite(endsAtMs) || (startsAtMs !== undefined && !Number.isFinite(startsAtMs)))
    throw badSilence("its times are none", "Give its beginning and end");
  if (startsAtMs !== undefined && endsAtMs < startsAtMs)
    throw badSilence("it ends before it begins", "Let it end later");
  if (createdBy.length > MAX_TEXT_LENGTH || comment.length > MAX_TEXT_LENGTH)
    throw badSilence(`a text is longer than ${MAX_TEXT_LENGTH} characters`, "Say it shorter");
}

/** What `!=` and `!~` do not match does not count for Alertmanager, either. */
function isEasy({ operator }: LabelMatcher): boolean {
  return operator === "=" || operator === "=~";
}

const NOTHING = { get: () => "" };

/** Whether an earlier silence can become this one without what was silenced in the past changing. */
export function canBecome(
  before: Silence,
  after: SilenceRequest & { readonly startsAtMs: number },
  nowMs: number,
): boolean {
  if (JSON.stringify(before.matchers) !== JSON.stringify(after.matchers)) return false;
  switch (silenceStateAt(before, nowMs)) {
    case "active":
      return inSeconds(before.startsAtMs) === inSeconds(after.startsAtMs) && after.endsAtMs >= nowMs;
    case "pending":
      return after.startsAtMs >= nowMs;
    case "expired":
      return false;
  }
}

function inSeconds(timeMs: number): number {
  return Math.floor(timeMs / 1000);
}

function badSilence(what: string, hint: string): NotifyError {
  return new NotifyError("BAD_SILENCE", `this silence cannot be: ${what}`, { hint });
}
