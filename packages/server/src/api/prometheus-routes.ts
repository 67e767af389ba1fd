/** Prometheus's HTTP API: what Grafana, promtool and everything else that speaks to a Prometheus asks for. */
import { ApiError } from "./api-error.ts";
import type { ApiSources } from "./api-sources.ts";
import { healthRoutes } from "./health.ts";
import { metadataRoutes } from "./metadata.ts";
import { type QueryOptions, queryRoutes } from "./queries.ts";
import { queryTextRoutes } from "./query-text.ts";
import type { Route } from "./router.ts";
import { ruleRoutes } from "./rules.ts";
import { seriesRoutes } from "./series.ts";
import { statusRoutes } from "./status.ts";
import { targetRoutes } from "./targets.ts";

/** All its routes that read; nothing is changed through it. */
export function prometheusRoutes(sources: ApiSources, options?: QueryOptions): Route[] {
  const routes = [
    ...queryRoutes(sources, options),
    ...queryTextRoutes(),
    ...seriesRoutes(sources),
    ...metadataRoutes(sources),
    ...targetRoutes(sources),
    ...ruleRoutes(sources),
    ...statusRoutes(sources),
  ];
  return [...healthRoutes(sources), ...routes.map((route) => whenReady(route, sources))];
}

function whenReady(route: Route, { isReady }: ApiSources): Route {
  return {
    ...route,
    handle: (request) => {
      if (!isReady()) throw new ApiError("unavailable", "Service Unavailable");
      return route.handle(request);
    },
  };
}
