/**
 * `/federate`: the newest sample of each series, for another Prometheus (or an agent that speaks its text format) to take on. It
 * carries what bots sent over the link, too, which nobody else could scrape. Source: Prometheus, web/federate.go.
 */
import { type Labels, METRIC_NAME, type Store, type StoredSeries } from "@haltwatch/store";
import { ApiError } from "./api-error.ts";
import { sampleValue } from "./go-text.ts";
import { type MatcherSet, matcherSets } from "./matcher-parameter.ts";
import type { Route } from "./router.ts";

/** As far as queries look back, milliseconds. */
const LOOKBACK_MS = 5 * 60_000;

/** Names that the text format can write: series with others are left out. */
const PLAIN_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const PLAIN_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

export interface FederateOptions {
  readonly store: Pick<Store, "select">;
  /** Put on each series that has no label of the name. */
  readonly externalLabels: () => Readonly<Record<string, string>>;
  /** Unix milliseconds. */
  readonly now: () => number;
}

export function federateRoute({ store, externalLabels, now }: FederateOptions): Route {
  return {
    methods: ["GET"],
    path: "/federate",
    access: "read",
    handle: ({ parameters }) => {
      if (parameters.fault !== undefined)
        throw new ApiError("bad_data", `error parsing form values: ${parameters.fault}`);
      const sets = matcherSets(parameters.all("match[]"));
      if ("fault" in sets) throw new ApiError("bad_data", sets.fault);
      // Without an own instance, that of the job that takes it on must not stand there instead.
      const outer = { instance: "", ...externalLabels() };
      const text = federated(newest(store, sets, now()), outer);
      return {
        kind: "text",
        status: 200,
        text,
        headers: { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" },
      };
    },
  };
}

interface NewestSample {
  readonly labels: Labels;
  readonly value: number;
  readonly timeMs: number;
}

/** Each series once, by its metric's name and then its labels; without those that have ended. */
function newest(store: FederateOptions["store"], sets: readonly MatcherSet[], nowMs: number): NewestSample[] {
  const found = new Map<string, NewestSample>();
  for (const matchers of sets) {
    for (const series of store.select(matchers, nowMs - LOOKBACK_MS, nowMs)) {
      const sample = lastOf(series);
      if (sample !== undefined && isPlain(series.labels)) found.set(series.labels.key, sample);
    }
  }
  const order = ([key, { labels }]: [string, NewestSample]): string => `${labels.get(METRIC_NAME)}\0${key}`;
  return [...found].sort((a, b) => (order(a) < order(b) ? -1 : 1)).map(([, sample]) => sample);
}

function lastOf({ labels, times, values, stale }: StoredSeries): NewestSample | undefined {
  const [timeMs, value] = [times.at(-1), values.at(-1)];
  if (timeMs === undefined || value === undefined || stale?.[times.length - 1] === 1) return undefined;
  return { labels, value, timeMs };
}

function federated(samples: readonly NewestSample[], outer: Readonly<Record<string, string>>): string {
  const lines: string[] = [];
  let metric = "";
  for (const { labels, value, timeMs } of samples) {
    const name = labels.get(METRIC_NAME);
    if (name !== metric) lines.push(`# TYPE ${name} untyped\n`);
    metric = name;
    const own = [...labels].filter(([label]) => label !== METRIC_NAME);
    const added = Object.entries(outer).filter(([label]) => !labels.has(label));
    const pairs = [...own, ...added].map(([label, text]) => `${label}="${escaped(text)}"`);
    lines.push(`${name}{${pairs.join(",")}} ${sampleValue(value)} ${timeMs}\n`);
  }
  return lines.join("");
}

function isPlain(labels: Labels): boolean {
  return [...labels].every(([name, value]) =>
    name === METRIC_NAME ? PLAIN_METRIC.test(value) : PLAIN_LABEL.test(name),
  );
}

function escaped(text: string): string {
  return text.replaceAll(/[\\"\n]/g, (character) => (character === "\n" ? "\\n" : `\\${character}`));
}
