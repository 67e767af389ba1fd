/** `series`, `labels`, `label/<name>/values`. Source: Prometheus, web/api/v1/api.go. */
import type { Labels, Store } from "@haltwatch/store";
import type { Answer } from "./answer.ts";
import { ApiError, invalidParameter } from "./api-error.ts";
import type { ApiSources } from "./api-sources.ts";
import { quoted } from "./go-text.ts";
import { unescapedName } from "./label-name.ts";
import { limitParameter, truncated } from "./limit-parameter.ts";
import { type MatcherSet, matcherSets } from "./matcher-parameter.ts";
import type { Parameters } from "./parameters.ts";
import type { Route } from "./router.ts";
import { MAX_TIME_MS, MIN_TIME_MS, timeParameter } from "./time-parameter.ts";

export function seriesRoutes({ store }: ApiSources): Route[] {
  return [
    {
      methods: ["GET", "POST"],
      path: "/api/v1/series",
      access: "read",
      handle: ({ parameters }) => series(store, parameters),
    },
    {
      methods: ["GET", "POST"],
      path: "/api/v1/labels",
      access: "read",
      handle: ({ parameters }) => {
        const asked = askedLabels(parameters);
        const names = isEverything(asked)
          ? store.labelNames()
          : distinct(found(store, asked), (labels) => [...labels].map(([name]) => name));
        return texts(names, asked.limit);
      },
    },
    {
      methods: ["GET"],
      path: "/api/v1/label/:name/values",
      access: "read",
      handle: ({ parameters, pathValue }) => {
        const name = unescapedName(pathValue);
        if (name === "" || !name.isWellFormed() || name.includes("\uFFFD"))
          throw new ApiError("bad_data", `invalid label name: ${quoted(name)}`);
        const asked = askedLabels(parameters);
        const values = isEverything(asked)
          ? store.labelValues(name)
          : distinct(found(store, asked), (labels) => (labels.has(name) ? [labels.get(name)] : []));
        return texts(values, asked.limit);
      },
    },
  ];
}

interface Asked {
  readonly limit: number;
  readonly startMs: number;
  readonly endMs: number;
  /** A series is meant if any of them matches it; of none, every series is. */
  readonly sets: readonly MatcherSet[];
}

function series(store: Store, parameters: Parameters): Answer {
  if (parameters.fault !== undefined) throw new ApiError("bad_data", `error parsing form values: ${parameters.fault}`);
  const selectors = parameters.all("match[]");
  if (selectors.length === 0) throw new ApiError("bad_data", "no match[] parameter provided");
  const asked = { limit: limitParameter(parameters), ...askedTimes(parameters) };
  const sets = matcherSets(selectors);
  if ("fault" in sets) throw invalidParameter("match[]", sets.fault);
  const { items, warnings } = truncated(found(store, { ...asked, sets }), asked.limit);
  return { kind: "data", data: items, warnings };
}

function askedLabels(parameters: Parameters): Asked {
  const asked = { limit: limitParameter(parameters), ...askedTimes(parameters) };
  const sets = matcherSets(parameters.all("match[]"));
  if ("fault" in sets) throw new ApiError("bad_data", sets.fault);
  return { ...asked, sets };
}

function askedTimes(parameters: Parameters): { startMs: number; endMs: number } {
  return {
    startMs: timeParameter(parameters, "start", MIN_TIME_MS),
    endMs: timeParameter(parameters, "end", MAX_TIME_MS),
  };
}

/** Then the index has the answer, and no series need be looked at. */
function isEverything({ startMs, endMs, sets }: Asked): boolean {
  return sets.length === 0 && startMs === MIN_TIME_MS && endMs === MAX_TIME_MS;
}

/** In the order of their labels, each once. */
function found(store: Store, { startMs, endMs, sets }: Asked): Labels[] {
  if (endMs < startMs) return [];
  const times = startMs === MIN_TIME_MS && endMs === MAX_TIME_MS ? [] : ([startMs, endMs] as const);
  const byKey = new Map<string, Labels>();
  for (const matchers of sets.length === 0 ? [[]] : sets)
    for (const labels of store.seriesLabels(matchers, ...times)) byKey.set(labels.key, labels);
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, labels]) => labels);
}

function distinct(all: readonly Labels[], textsOf: (labels: Labels) => readonly string[]): string[] {
  const seen = new Set<string>();
  for (const labels of all) for (const text of textsOf(labels)) seen.add(text);
  return [...seen];
}

function texts(all: readonly string[], limit: number): Answer {
  const { items, warnings } = truncated([...all].sort(), limit);
  return { kind: "data", data: items, warnings };
}
