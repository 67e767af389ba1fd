/**
 * Alertmanager's API v2: what fires, in which groups, for whom, and silences. `amtool` works with it, and a real Prometheus can post
 * its alerts here. Source: Alertmanager, api/v2/openapi.yaml and api/v2/api.go.
 */
import {
  type Alert,
  type AlertGroup,
  type AlertWithStatus,
  type LabelMatcher,
  Matchers,
  NotifyError,
  parseMatchers,
  silenceFromApi,
  silenceToApi,
} from "@haltwatch/notify";
import { Labels } from "@haltwatch/store";
import { z } from "zod";
import { type Answer, ApiError, jsonBody, type Parameters, type Route, readBody } from "../api/index.ts";
import type { Notifying } from "./notifying.ts";

export interface AlertmanagerApiOptions {
  readonly notifying: Notifying;
  readonly version: string;
  readonly startTimeMs: number;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Most alerts of one request. */
const MAX_POSTED = 10_000;

const time = z.iso.datetime({ offset: true, error: "write a time like 2026-01-02T15:04:05Z" }).transform(Date.parse);
const named = z.record(z.string(), z.string());

const postedAlerts = z
  .array(
    z.object({
      labels: named,
      annotations: named.default({}),
      startsAt: time.optional(),
      endsAt: time.optional(),
      generatorURL: z.string().default(""),
    }),
  )
  .max(MAX_POSTED);

/** Before this, a time is Go's way to say that there is none. */
const NO_TIME_BEFORE_MS = Date.UTC(1, 0, 2);

export function alertmanagerRoutes({ notifying, version, startTimeMs, now }: AlertmanagerApiOptions): Route[] {
  const { silences } = notifying;
  return [
    {
      methods: ["GET"],
      path: "/api/v2/status",
      access: "read",
      handle: () =>
        json({
          cluster: { status: "disabled", peers: [] },
          versionInfo: { version, revision: "", branch: "", buildUser: "", buildDate: "", goVersion: "" },
          config: { original: "" },
          uptime: new Date(startTimeMs).toISOString(),
        }),
    },
    {
      methods: ["GET"],
      path: "/api/v2/receivers",
      access: "read",
      handle: () => json([...notifying.config.receivers.keys()].map((name) => ({ name }))),
    },
    {
      methods: ["GET"],
      path: "/api/v2/alerts",
      access: "read",
      handle: ({ parameters }) => {
        const isAsked = filterOf(parameters);
        return json(notifying.alerts().filter(isAsked).map(shown));
      },
    },
    {
      methods: ["POST"],
      path: "/api/v2/alerts",
      access: "control",
      handle: async (request) => {
        const posted = readBody(request, postedAlerts);
        const alerts = posted.map((alert) => alertOf(alert, now(), notifying.config.resolveTimeoutMs));
        await notifying.put(alerts);
        return { kind: "text", status: 200, text: "" };
      },
    },
    {
      methods: ["GET"],
      path: "/api/v2/alerts/groups",
      access: "read",
      handle: ({ parameters }) => {
        const isAsked = filterOf(parameters);
        const groups = notifying.alertGroups().map((group) => ({ ...group, alerts: group.alerts.filter(isAsked) }));
        return json(groups.filter(({ alerts }) => alerts.length > 0).map(shownGroup));
      },
    },
    {
      methods: ["GET"],
      path: "/api/v2/silences",
      access: "read",
      handle: ({ parameters }) => {
        const wanted = matchersOf(parameters);
        const asked = silences.list().filter(({ matchers }) => wanted.every((one) => isAmong(one, matchers)));
        return json(asked.map((silence) => silenceToApi(silence, now())));
      },
    },
    {
      methods: ["POST"],
      path: "/api/v2/silences",
      access: "control",
      handle: (request) => {
        const asked = refusing(() => silenceFromApi(jsonBody(request)));
        return json({ silenceID: refusing(() => silences.set(asked)).id });
      },
    },
    {
      methods: ["GET"],
      path: "/api/v2/silence/:id",
      access: "read",
      handle: ({ pathValue }) => {
        const silence = silences.get(pathValue);
        if (silence === undefined) throw new ApiError("not_found", `there is no silence ${JSON.stringify(pathValue)}`);
        return json(silenceToApi(silence, now()));
      },
    },
    {
      methods: ["DELETE"],
      path: "/api/v2/silence/:id",
      access: "control",
      handle: ({ pathValue }) => {
        refusing(() => silences.expire(pathValue));
        return { kind: "text", status: 200, text: "" };
      },
    },
  ];
}

function json(value: unknown): Answer {
  return { kind: "text", status: 200, text: JSON.stringify(value), headers: { "Content-Type": "application/json" } };
}

function refusing<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof NotifyError)) throw error;
    const type = error.code === "SILENCE_NOT_FOUND" ? "not_found" : "bad_data";
    throw new ApiError(type, `${error.message}. ${error.hint}`, error);
  }
}

/** One without an end fires until it is not posted again for a while. */
function alertOf(
  { labels, annotations, startsAt, endsAt, generatorURL }: z.output<typeof postedAlerts>[number],
  nowMs: number,
  resolveTimeoutMs: number,
): Alert {
  const given = Object.entries(labels).filter(([, value]) => value !== "");
  if (given.length === 0) throw new ApiError("bad_data", "at least one label pair required");
  const isSaid = (ms: number | undefined): ms is number => ms !== undefined && ms > NO_TIME_BEFORE_MS;
  return {
    labels: Labels.from(Object.fromEntries(given)),
    annotations: new Map(Object.entries(annotations)),
    startsAtMs: isSaid(startsAt) ? startsAt : isSaid(endsAt) ? Math.min(endsAt, nowMs) : nowMs,
    endsAtMs: isSaid(endsAt) ? endsAt : nowMs + resolveTimeoutMs,
    generatorUrl: generatorURL,
    value: undefined,
    threshold: undefined,
    done: [],
  };
}

/** As `GET /alerts` filters: what is not said is wanted. */
function filterOf(parameters: Parameters): (alert: AlertWithStatus) => boolean {
  const matchers = new Matchers(matchersOf(parameters));
  const wants = (name: string): boolean => parameters.get(name) !== "false";
  const receiver = parameters.get("receiver");
  const isReceiver =
    receiver === "" ? undefined : new Matchers([{ name: "receiver", operator: "=~", value: receiver }]);
  return ({ labels, receivers, status: { state, silencedBy, inhibitedBy } }) =>
    matchers.matches(labels) &&
    (wants("active") || state === "suppressed") &&
    (wants("silenced") || silencedBy.length === 0) &&
    (wants("inhibited") || inhibitedBy.length === 0) &&
    (isReceiver === undefined || receivers.some((name) => isReceiver.matches(new Map([["receiver", name]]))));
}

function matchersOf(parameters: Parameters): LabelMatcher[] {
  return parameters.all("filter").flatMap((text) => {
    const parsed = parseMatchers(text);
    if (parsed.kind === "fault") throw new ApiError("bad_data", `bad matcher format: ${parsed.fault}`);
    return parsed.matchers;
  });
}

/** Whether a silence is about what is asked for: it has the same matcher. */
function isAmong({ name, operator, value }: LabelMatcher, matchers: readonly LabelMatcher[]): boolean {
  return matchers.some((one) => one.name === name && one.operator === operator && one.value === value);
}

function shown({ alert, fingerprint, receivers, updatedAtMs, endsAtMs, status }: AlertWithStatus): object {
  const { labels, annotations, startsAtMs, generatorUrl } = alert;
  return {
    annotations: Object.fromEntries(annotations),
    // Like Alertmanager's: when it would be over if nobody said anything more.
    endsAt: new Date(endsAtMs ?? updatedAtMs + 4 * 60_000).toISOString(),
    fingerprint,
    receivers: receivers.map((name) => ({ name })),
    startsAt: new Date(startsAtMs).toISOString(),
    status: {
      inhibitedBy: status.inhibitedBy,
      silencedBy: status.silencedBy,
      mutedBy: status.mutedBy,
      // Whoever asks has it processed. Source: Alertmanager, api/v2/api.go (`setAlertStatus`).
      state: status.state === "unprocessed" ? "active" : status.state,
    },
    updatedAt: new Date(updatedAtMs).toISOString(),
    ...(generatorUrl === "" ? {} : { generatorURL: generatorUrl }),
    labels: labels.toObject(),
  };
}

function shownGroup({ labels, receiver, alerts }: AlertGroup): object {
  return { alerts: alerts.map(shown), labels: labels.toObject(), receiver: { name: receiver } };
}
