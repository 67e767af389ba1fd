/** How often Haltwatch is given samples: what `$__rate_interval` is made of. */
import type { Api } from "../api/http.ts";
import { type Milliseconds, readDuration } from "../time/duration-text.ts";
import { at, type Json, objectsOf, textOf } from "./json.ts";

/** Grafana's own default for Prometheus, for a Haltwatch that scrapes nothing or does not say. */
const OTHERWISE_MS = 15_000;
/** Haltwatch writes its own series so often, also where its targets are faster: their rates want as long a window. */
const OWN_MS = 5000;

/** @returns the longest interval of all targets, so that each rate sees its samples; asked once, for a fault the default */
export async function scrapeInterval(api: Api, signal: AbortSignal): Promise<Milliseconds> {
  let answer: Json | undefined;
  try {
    // What the API answers is JSON.
    answer = (await api.get("/api/v1/targets", { state: "active" }, { signal })) as Json | undefined;
  } catch {
    signal.throwIfAborted();
    return OTHERWISE_MS;
  }
  const intervals = objectsOf(at(answer, "activeTargets"), 5000).flatMap(
    (target) => readDuration(textOf(target["scrapeInterval"], 50) ?? "") ?? [],
  );
  return intervals.length === 0 ? OTHERWISE_MS : Math.max(OWN_MS, ...intervals);
}
