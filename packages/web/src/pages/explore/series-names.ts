/** What completion asks Haltwatch: names, labels, what they mean. With our token, and remembered for a while. Completion is a
 * help: where it cannot be had, there is none. */
import type { PrometheusClient } from "@prometheus-io/codemirror-promql";
import type { Api, ApiParams } from "../../api/http.ts";

const REMEMBERED_MS = 60_000;

const MOST_REMEMBERED = 200;

/** Most names of one answer. */
const MOST = 10_000;

export function seriesNames(api: Api): PrometheusClient {
  const known = new Map<string, { readonly answer: Promise<unknown>; readonly untilMs: number }>();
  const ask = (path: string, params: ApiParams = {}): Promise<unknown> => {
    const key = JSON.stringify([path, params]);
    const before = known.get(key);
    if (before !== undefined && before.untilMs > Date.now()) return before.answer;
    const answer = api.get(path, params).catch(() => undefined);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(key, { answer, untilMs: Date.now() + REMEMBERED_MS });
    return answer;
  };
  const names = async (path: string, matcher: string | undefined): Promise<string[]> => {
    const answer = await ask(path, { "match[]": matcher, limit: MOST });
    return Array.isArray(answer) ? answer.filter((one) => typeof one === "string") : [];
  };
  return {
    labelNames: (metric) => names("/api/v1/labels", selector(metric)),
    labelValues: (label, metric) => names(`/api/v1/label/${encodeURIComponent(label)}/values`, selector(metric)),
    metricNames: () => names("/api/v1/label/__name__/values", undefined),
    metricMetadata: async () => {
      const answer = await ask("/api/v1/metadata");
      // As Prometheus's API says.
      return (answer ?? {}) as Awaited<ReturnType<PrometheusClient["metricMetadata"]>>;
    },
    series: async (metric) => {
      const answer = await ask("/api/v1/series", { "match[]": selector(metric), limit: MOST });
      if (!Array.isArray(answer)) return [];
      return answer.map((labels: Readonly<Record<string, string>>) => new Map(Object.entries(labels)));
    },
    flags: () => Promise.resolve({}),
  };
}

function selector(metric: string | undefined): string | undefined {
  return metric === undefined || metric === "" ? undefined : `{__name__=${JSON.stringify(metric)}}`;
}
