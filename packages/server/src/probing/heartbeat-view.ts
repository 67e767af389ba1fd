/**
 * How the services are that the heartbeat looks at, for the page and for the bot's orchestrator: read from the samples, so that it is
 * the same whoever looks, Haltwatch or a service of its own.
 */

import { RUNTIME_METRICS } from "@haltwatch/bot";
import { type Labels, METRIC_NAME, type Store } from "@haltwatch/store";
import { z } from "zod";
import type { Route } from "../api/index.ts";

/** Samples that are older say nothing, milliseconds: as queries look back. */
const LOOKBACK_MS = 300_000;

const DAY_MS = 86_400_000;

/** Parts of a day in the strip. */
const PARTS = 48;

type PartState = "ok" | "critical" | "unknown";

const shownService = z.object({
  name: z.string(),
  kind: z.string().describe("http, rpc, sequencer or exchange; empty if it was never looked at."),
  target: z.string().describe("Host and port."),
  status: z.enum(["ok", "down", "unknown"]),
  since: z.string().nullable().describe("Since when it is so, as far as a day's samples say."),
  latency_ms: z.number().nullable(),
  fault: z.string().nullable(),
  detail: z.string().nullable().describe("What is wrong, in words."),
  strip_24h: z
    .array(z.enum(["ok", "critical", "unknown"]))
    .describe("48 half hours, the oldest first; the worst state of each."),
});

const shownHeartbeat = z.object({ last_beat: z.string().nullable(), services: z.array(shownService) });

export type HeartbeatView = z.output<typeof shownHeartbeat>;

export interface HeartbeatSources {
  readonly store: Pick<Store, "select">;
  /** Names of the services that are configured: they are shown before they were looked at. */
  readonly configured: readonly string[];
  readonly detailOf: (probe: string) => string | undefined;
}

interface Samples {
  readonly labels: Labels;
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

export function heartbeatView({ store, configured, detailOf }: HeartbeatSources, nowMs: number): HeartbeatView {
  const select = (name: string, lookBackMs: number): readonly Samples[] =>
    store.select([{ name: METRIC_NAME, operator: "=", value: name }], nowMs - lookBackMs, nowMs);
  const latency = newestByProbe(select("probe_duration_seconds", LOOKBACK_MS), nowMs);
  const faults = newestByProbe(select("probe_fault", LOOKBACK_MS), nowMs);
  const histories = new Map<string, Samples[]>();
  for (const samples of select("probe_success", DAY_MS)) {
    const probe = samples.labels.get("probe");
    histories.set(probe, [...(histories.get(probe) ?? []), samples]);
  }
  const beats = select(RUNTIME_METRICS.heartbeatTime.name, LOOKBACK_MS).flatMap((one) => newestOf(one)?.value ?? []);
  const names = [...new Set([...configured, ...histories.keys()])];
  return {
    last_beat: beats.length === 0 ? null : new Date(Math.max(...beats) * 1000).toISOString(),
    services: names.map((name) => {
      const history = histories.get(name) ?? [];
      const newest = newestSeries(history);
      const status = statusOf(newest, nowMs);
      const fault = status === "down" ? (faults.get(name)?.labels.get("fault") ?? null) : null;
      const seconds = status === "unknown" ? undefined : latency.get(name)?.value;
      return {
        name,
        kind: newest?.labels.get("kind") ?? "",
        target: newest?.labels.get("target") ?? "",
        status,
        since: newest === undefined || status === "unknown" ? null : sinceOf(newest),
        latency_ms: seconds === undefined ? null : Math.round(seconds * 1000),
        fault,
        detail: fault === null ? null : (detailOf(name) ?? fault.replaceAll("-", " ")),
        strip_24h: stripOf(history, nowMs),
      };
    }),
  };
}

interface Newest {
  readonly labels: Labels;
  readonly value: number;
  readonly timeMs: number;
}

/** `undefined` for a series that has ended: a stale marker is a NaN. */
function newestOf({ labels, times, values }: Samples): Newest | undefined {
  const last = times.length - 1;
  const [timeMs, value] = [times[last], values[last]];
  return timeMs === undefined || value === undefined || Number.isNaN(value) ? undefined : { labels, value, timeMs };
}

function newestByProbe(all: readonly Samples[], nowMs: number): ReadonlyMap<string, Newest> {
  const found = new Map<string, Newest>();
  for (const samples of all) {
    const newest = newestOf(samples);
    if (newest === undefined || newest.timeMs < nowMs - LOOKBACK_MS) continue;
    const probe = newest.labels.get("probe");
    if (newest.timeMs >= (found.get(probe)?.timeMs ?? Number.NEGATIVE_INFINITY)) found.set(probe, newest);
  }
  return found;
}

function newestSeries(history: readonly Samples[]): Samples | undefined {
  const lastOf = ({ times }: Samples): number => times[times.length - 1] ?? Number.NEGATIVE_INFINITY;
  return [...history].sort((a, b) => lastOf(b) - lastOf(a))[0];
}

function statusOf(samples: Samples | undefined, nowMs: number): "ok" | "down" | "unknown" {
  const newest = samples === undefined ? undefined : newestOf(samples);
  if (newest === undefined || newest.timeMs < nowMs - LOOKBACK_MS) return "unknown";
  return newest.value === 1 ? "ok" : "down";
}

function sinceOf({ times, values }: Samples): string | null {
  let at = times.length - 1;
  while (at > 0 && values[at - 1] === values[at]) at--;
  const timeMs = times[at];
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}

function stripOf(history: readonly Samples[], nowMs: number): PartState[] {
  const strip: PartState[] = Array.from({ length: PARTS }, () => "unknown");
  const partMs = DAY_MS / PARTS;
  for (const { times, values } of history) {
    for (let at = 0; at < times.length; at++) {
      const value = values[at] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const part = Math.min(PARTS - 1, Math.floor(((times[at] ?? 0) - (nowMs - DAY_MS)) / partMs));
      if (value !== 1) strip[part] = "critical";
      else if (strip[part] === "unknown") strip[part] = "ok";
    }
  }
  return strip;
}

/** `GET /api/haltwatch/heartbeat`. */
export function heartbeatRoutes(view: () => HeartbeatView): Route[] {
  return [
    {
      methods: ["GET"],
      path: "/api/haltwatch/heartbeat",
      access: "read",
      doc: {
        summary: "How the services are that the heartbeat looks at, now and in the last day",
        answer: shownHeartbeat,
      },
      handle: () => ({ kind: "data", data: view() }),
    },
  ];
}
