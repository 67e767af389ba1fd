/** Everything that is served over HTTP: each part's routes, put together. */
import type { Registry } from "@haltwatch/bot";
import type { Guard } from "@haltwatch/guard";
import type { Store } from "@haltwatch/store";
import { type ApiSources, federateRoute, prometheusRoutes, type QueryOptions, type Route } from "./api/index.ts";
import { configRoutes } from "./config/config-routes.ts";
import type { ServerConfig } from "./config/server-config.ts";
import { alertmanagerRoutes, type Notifying, notifyRoutes } from "./notify/index.ts";
import type { Overview } from "./overview/overview.ts";
import { overviewRoutes } from "./overview/overview-routes.ts";
import { ownRoutes, plainPageRoute } from "./own-routes.ts";
import { DashboardLibrary } from "./page/dashboard-library.ts";
import { dashboardRoutes } from "./page/dashboard-routes.ts";
import type { EventHub } from "./page/event-hub.ts";
import { KeptDashboards } from "./page/kept-dashboards.ts";
import { openApi } from "./page/openapi.ts";
import { pageRoutes } from "./page/page-routes.ts";
import { runbookRoutes } from "./page/runbook-routes.ts";
import { AlertmanagerWebhook } from "./pausing/alertmanager-webhook.ts";
import type { Orchestration } from "./pausing/orchestration.ts";
import { pauseRoutes } from "./pausing/pause-routes.ts";
import { runtimeRoutes, runtimeState } from "./runtime/runtime-view.ts";
import type { StateView } from "./state-view.ts";
import type { Watching } from "./watching/watching.ts";

export interface ServedParts {
  readonly config: () => ServerConfig;
  readonly version: string;
  readonly startTimeMs: number;
  readonly store: Store;
  readonly guard: Guard;
  /** Whose metrics `/metrics` shows. */
  readonly registries: readonly [Registry, ...Registry[]];
  readonly state: StateView;
  readonly watching: Watching;
  readonly orchestration: Orchestration;
  readonly notifying: Notifying;
  readonly overview: Overview;
  readonly events: EventHub;
  readonly prometheus: ApiSources;
  readonly reload: () => Promise<void>;
  /** Of the one who started it. */
  readonly more: readonly Route[];
}

/** @throws {StoreError} if the file cannot be read or written */
export function haltwatchRoutes(parts: ServedParts): Route[] {
  const { config, store, guard, state, watching, notifying, overview, events, startTimeMs, version } = parts;
  const now = Date.now;
  const kept = new KeptDashboards(store.tables);
  const library = new DashboardLibrary({
    ...{ packs: () => config().packs, kept },
    files: () => ({ paths: config().dashboards.paths, folder: config().folder }),
  });
  const routes = [
    ...(pageRoutes() ?? [plainPageRoute(() => state.page(now()))]),
    ...ownRoutes({ registries: parts.registries, reload: parts.reload }),
    ...pauseRoutes({ guard, isFiring: (pause) => state.isFiring(pause) || watching.isMissing(pause), now }),
    new AlertmanagerWebhook({ guard, now, registry: parts.registries[0] }).route,
    ...parts.orchestration.routes(),
    ...notifyRoutes({ notifying, now }),
    ...alertmanagerRoutes({ notifying, version, startTimeMs, now }),
    ...configRoutes(config),
    ...overviewRoutes(overview),
    events.route,
    ...dashboardRoutes({ library, kept, now }),
    ...runbookRoutes(() => config().packs),
    ...runtimeRoutes(() => runtimeState(store, config(), now())),
    federateRoute({ store, externalLabels: () => config().externalLabels, now }),
    ...prometheusRoutes(parts.prometheus, queryOptions(config())),
    ...parts.more,
  ];
  return [...routes, openApiRoute(routes, version)];
}

function openApiRoute(routes: readonly Route[], version: string): Route {
  const route: Route = {
    methods: ["GET"],
    path: "/api/haltwatch/openapi.json",
    access: "read",
    doc: { summary: "This description", answer: "application/json" },
    handle: () => {
      const text = `${JSON.stringify(openApi([...routes, route], version), null, 2)}\n`;
      return { kind: "text", status: 200, text, headers: { "Content-Type": "application/json" } };
    },
  };
  return route;
}

/** One query at a time: several at once would have the process to themselves until the last of them is done. */
function queryOptions({ query }: ServerConfig): QueryOptions {
  return {
    maxConcurrent: 1,
    timeoutMs: query.timeout,
    evaluationTimeoutMs: query.evaluation_timeout,
    maxSamples: query.max_samples,
  };
}
