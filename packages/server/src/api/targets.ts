/** `targets`, `targets/metadata`, `scrape_pools`. Source: Prometheus, web/api/v1/api.go. */
import { formatDuration } from "@haltwatch/promql";
import { compileMatcher, type Metadata } from "@haltwatch/store";
import type { Answer } from "./answer.ts";
import { invalidParameter } from "./api-error.ts";
import type { ApiSources, TargetsView, TargetView } from "./api-sources.ts";
import { rfc3339 } from "./go-text.ts";
import { countParameter } from "./limit-parameter.ts";
import { selectorMatchers } from "./matcher-parameter.ts";
import { metadataJson } from "./metadata.ts";
import type { Parameters } from "./parameters.ts";
import type { Route } from "./router.ts";

export function targetRoutes({ targets }: ApiSources): Route[] {
  const route = (path: string, show: (view: TargetsView, parameters: Parameters) => unknown): Route => ({
    methods: ["GET"],
    path: `/api/v1/${path}`,
    access: "read",
    handle: ({ parameters }): Answer => ({ kind: "data", data: show(targets(), parameters) }),
  });
  return [
    route("targets", targetsJson),
    route("targets/metadata", targetMetadata),
    route("scrape_pools", ({ active, dropped }) => ({
      scrapePools: [...new Set([...active, ...dropped].map(({ scrapePool }) => scrapePool))].sort(),
    })),
  ];
}

function targetsJson({ active, dropped }: TargetsView, parameters: Parameters): unknown {
  const state = parameters.fromUrl("state").toLowerCase();
  const pool = parameters.fromUrl("scrapePool");
  const isShown = (wanted: string) => state === "" || state === "any" || state === wanted;
  const inPool = ({ scrapePool }: { readonly scrapePool: string }) => pool === "" || scrapePool === pool;
  const counts = new Map<string, number>();
  for (const { scrapePool } of active) counts.set(scrapePool, 0);
  for (const { scrapePool } of dropped) counts.set(scrapePool, (counts.get(scrapePool) ?? 0) + 1);
  return {
    activeTargets: isShown("active") ? active.filter(inPool).map(targetJson) : [],
    droppedTargets: isShown("dropped")
      ? dropped.filter(inPool).map(({ discoveredLabels, scrapePool }) => ({ discoveredLabels, scrapePool }))
      : [],
    droppedTargetCounts: isShown("dropped") ? counts : null,
  };
}

function targetJson(target: TargetView): unknown {
  return {
    discoveredLabels: target.discoveredLabels,
    labels: target.labels,
    scrapePool: target.scrapePool,
    scrapeUrl: target.scrapeUrl,
    globalUrl: target.globalUrl,
    lastError: target.lastError,
    lastScrape: rfc3339(target.lastScrapeMs),
    lastScrapeDuration: target.lastScrapeDurationMs / 1000,
    health: target.health,
    scrapeInterval: formatDuration(target.scrapeIntervalMs),
    scrapeTimeout: formatDuration(target.scrapeTimeoutMs),
  };
}

function targetMetadata({ active }: TargetsView, parameters: Parameters): unknown {
  const limit = countParameter(parameters, "limit");
  const selector = parameters.get("match_target");
  const matchers = selector === "" ? [] : selectorMatchers(selector);
  if ("fault" in matchers) throw invalidParameter("match_target", matchers.fault);
  const tests = matchers.map((matcher) => ({ name: matcher.name, matches: compileMatcher(matcher) }));
  const metric = parameters.get("metric");
  const shown: unknown[] = [];
  for (const target of active) {
    if (limit !== undefined && shown.length >= limit) break; // between targets only, as upstream
    if (tests.some(({ name, matches }) => !matches(target.labels.get(name)))) continue;
    const own = metric === "" ? target.metadata : oneOf(target.metadata, metric);
    for (const [name, metadata] of own) {
      const named = metric === "" ? { metric: name } : {};
      shown.push({ target: target.labels, ...named, ...metadataJson(metadata) });
    }
  }
  return shown;
}

function oneOf(metadata: ReadonlyMap<string, Metadata>, metric: string): [string, Metadata][] {
  const known = metadata.get(metric);
  return known === undefined ? [] : [[metric, known]];
}
