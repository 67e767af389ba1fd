/** Whom health checks ask of series: Haltwatch's own store, or a Prometheus over HTTP. */
import { type AskQuery, boundedText, type Reading } from "@haltwatch/probes";
import { queryInstant } from "@haltwatch/promql";
import { METRIC_NAME, type SeriesReader } from "@haltwatch/store";

/** A health check must not hold up what watches, milliseconds. */
const LIMITS = { timeoutMs: 100, maxSamples: 1_000_000 };

/** Most series that are listed of an answer. */
const MAX_READINGS = 1_000;

/** Of a Prometheus, bytes: some hundred for a series. */
const MAX_ANSWER_BYTES = 2 * 2 ** 20;

export function askStore(reader: SeriesReader, now: () => number): AskQuery {
  return async (query) => {
    const { value } = queryInstant(reader, query, now(), { limits: LIMITS });
    if (value.type !== "vector") return [];
    return value.series.slice(0, MAX_READINGS).flatMap(({ labels, values }): Reading[] => {
      const last = values.at(-1);
      const { [METRIC_NAME]: _, ...own } = labels.toObject();
      return last === undefined ? [] : [{ labels: own, value: last }];
    });
  };
}

/**
 * @param url of a Prometheus, or of a Haltwatch
 * @param token shown to it; `undefined` if it asks for none
 */
export function askPrometheus(url: string, token: string | undefined): AskQuery {
  return async (query, signal) => {
    const address = new URL("api/v1/query", url.replace(/\/*$/, "/"));
    address.searchParams.set("query", query);
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(address, { signal, headers, redirect: "error" }).catch((error: unknown) => {
      throw new Error(`nobody answers at ${url}`, { cause: error });
    });
    const answer = parsed(await boundedText(response, MAX_ANSWER_BYTES).catch(() => undefined));
    if (!response.ok || !isVector(answer)) throw new Error(`${url} answers with status ${response.status}`);
    return answer.data.result.slice(0, MAX_READINGS).map(({ metric, value }) => {
      const { [METRIC_NAME]: _, ...labels } = metric;
      return { labels, value: Number(value[1]) };
    });
  };
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

interface VectorAnswer {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

/** Source: Prometheus's HTTP API, instant vectors. */
function isVector(answer: unknown): answer is VectorAnswer {
  if (typeof answer !== "object" || answer === null || !("data" in answer)) return false;
  const { data } = answer;
  return typeof data === "object" && data !== null && "result" in data && Array.isArray(data.result);
}
