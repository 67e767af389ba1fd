/** Silences as Alertmanager's HTTP API v2 writes them. Source: Alertmanager, api/v2/openapi.yaml. */
import type { LabelMatcher, MatchOperator } from "@haltwatch/store/labels";
import { z } from "zod";
import { NotifyError } from "../notify-error.ts";
import { type Silence, type SilenceRequest, type SilenceState, silenceStateAt } from "./silence.ts";

const time = z.iso.datetime({ offset: true, error: "write a time like 2026-01-02T15:04:05Z" }).transform(Date.parse);

const postableSilence = z.object({
  id: z.string().optional(),
  matchers: z.array(
    z.object({ name: z.string(), value: z.string(), isRegex: z.boolean(), isEqual: z.boolean().default(true) }),
  ),
  startsAt: time,
  endsAt: time,
  createdBy: z.string(),
  comment: z.string(),
});

export interface ApiMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** `GettableSilence` of the API; times are RFC 3339. */
export interface ApiSilence {
  readonly id: string;
  readonly status: { readonly state: SilenceState };
  readonly matchers: readonly ApiMatcher[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly updatedAt: string;
  readonly createdBy: string;
  readonly comment: string;
}

/** @param body of `POST /api/v2/silences`, from JSON. @throws {NotifyError} `BAD_SILENCE` */
export function silenceFromApi(body: unknown): SilenceRequest {
  const parsed = postableSilence.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const what = issue === undefined ? "it is none" : `${issue.path.join(".")}: ${issue.message}`;
    const hint = "Send matchers, startsAt, endsAt, createdBy and comment, as Alertmanager's API v2 takes them";
    throw new NotifyError("BAD_SILENCE", `this silence cannot be: ${what}`, { hint });
  }
  const { startsAt, endsAt, matchers, ...rest } = parsed.data;
  return { ...rest, startsAtMs: startsAt, endsAtMs: endsAt, matchers: matchers.map(matcherFromApi) };
}

export function silenceToApi(silence: Silence, nowMs: number): ApiSilence {
  const { id, matchers, startsAtMs, endsAtMs, updatedAtMs, createdBy, comment } = silence;
  return {
    id,
    status: { state: silenceStateAt(silence, nowMs) },
    matchers: matchers.map(matcherToApi),
    startsAt: new Date(startsAtMs).toISOString(),
    endsAt: new Date(endsAtMs).toISOString(),
    updatedAt: new Date(updatedAtMs).toISOString(),
    createdBy,
    comment,
  };
}

function matcherFromApi({ name, value, isRegex, isEqual }: ApiMatcher): LabelMatcher {
  const operator: MatchOperator = isRegex ? (isEqual ? "=~" : "!~") : isEqual ? "=" : "!=";
  return { name, operator, value };
}

function matcherToApi({ name, operator, value }: LabelMatcher): ApiMatcher {
  return { name, value, isRegex: operator.endsWith("~"), isEqual: operator.startsWith("=") };
}
