/** `status/…`. Source: Prometheus, web/api/v1/api.go. What only a Go program has is left empty. */
import { METRIC_NAME, type Store } from "@haltwatch/store";
import { ApiError } from "./api-error.ts";
import type { ApiSources } from "./api-sources.ts";
import { rfc3339 } from "./go-text.ts";
import { wholeNumber } from "./limit-parameter.ts";
import type { Parameters } from "./parameters.ts";
import type { Route } from "./router.ts";

/** The Prometheus whose API this is: clients decide by it what they may ask (Grafana from 2.24 on filters labels). */
const PROMETHEUS_VERSION = "3.5.0";

/** How many of each are shown unless said otherwise. */
const DEFAULT_TOP = 10;

export function statusRoutes(sources: ApiSources): Route[] {
  const { store, config, flags, build } = sources;
  const route = (path: string, show: (parameters: Parameters) => unknown): Route => ({
    methods: ["GET"],
    path: `/api/v1/status/${path}`,
    access: "read",
    handle: ({ parameters }) => ({ kind: "data", data: show(parameters) }),
  });
  return [
    route("config", () => ({ yaml: config() })),
    route("flags", flags),
    route("runtimeinfo", () => runtimeJson(sources)),
    route("buildinfo", () => ({
      version: PROMETHEUS_VERSION,
      revision: build.revision,
      branch: `haltwatch-${build.version}`,
      buildUser: "",
      buildDate: build.date,
      goVersion: `node${process.versions.node}`,
    })),
    route("tsdb", (parameters) => storeJson(store, topOf(parameters))),
  ];
}

function runtimeJson({ runtime, now, startTimeMs }: ApiSources): unknown {
  const { hostname, workingDirectory, isConfigGood, configTimeMs, retention } = runtime();
  return {
    startTime: rfc3339(startTimeMs),
    CWD: workingDirectory,
    hostname,
    serverTime: rfc3339(now()),
    reloadConfigSuccess: isConfigGood,
    lastConfigTime: rfc3339(configTimeMs),
    corruptionCount: 0,
    goroutineCount: 0,
    GOMAXPROCS: 1,
    GOMEMLIMIT: 0,
    GOGC: "",
    GODEBUG: "",
    storageRetention: retention,
  };
}

function topOf(parameters: Parameters): number {
  const text = parameters.get("limit");
  const top = text === "" ? DEFAULT_TOP : wholeNumber(text, "");
  if (typeof top !== "number" || top < 1) throw new ApiError("bad_data", "limit must be a positive number");
  return top;
}

/** What takes the most: where to look when there are too many series. */
function storeJson(store: Store, top: number): unknown {
  const { series, blocks, minMs, maxMs } = store.stats();
  const byName = store.labelNames().map((name) => ({ name, values: [...store.countByValue(name)] }));
  const highest = (counts: readonly (readonly [name: string, value: number])[]) =>
    counts
      .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .slice(0, top)
      .map(([name, value]) => ({ name, value }));
  const bytes = (values: readonly (readonly [string, number])[]) =>
    values.reduce((sum, [value, count]) => sum + Buffer.byteLength(value) * count, 0);
  return {
    headStats: {
      numSeries: series,
      numLabelPairs: byName.reduce((sum, { values }) => sum + values.length, 0),
      chunkCount: blocks,
      minTime: Number.isFinite(minMs) ? minMs : 0,
      maxTime: Number.isFinite(maxMs) ? maxMs : 0,
    },
    seriesCountByMetricName: highest([...store.countByValue(METRIC_NAME)]),
    labelValueCountByLabelName: highest(byName.map(({ name, values }) => [name, values.length])),
    memoryInBytesByLabelName: highest(byName.map(({ name, values }) => [name, bytes(values)])),
    seriesCountByLabelValuePair: highest(
      byName.flatMap(({ name, values }) =>
        highest(values).map((pair) => [`${name}=${pair.name}`, pair.value] as const),
      ),
    ),
  };
}
