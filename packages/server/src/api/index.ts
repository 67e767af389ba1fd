/** The HTTP API: Prometheus's own, and what serves it. */
export type { Answer, EventLine } from "./answer.ts";
export { ApiError, type ApiErrorType } from "./api-error.ts";
export type {
  ApiSources,
  BuildView,
  DroppedTargetView,
  RuleGroupView,
  RuntimeView,
  TargetsView,
  TargetView,
} from "./api-sources.ts";
export type { ApiTokens } from "./auth.ts";
export { federateRoute } from "./federate.ts";
export { jsonBody, readBody } from "./json-body.ts";
export { Parameters } from "./parameters.ts";
export { prometheusRoutes } from "./prometheus-routes.ts";
export type { QueryOptions } from "./queries.ts";
export type { Access, ApiRequest, Route } from "./router.ts";
export { type AccessUse, type ApiOptions, type ApiServer, startApi, type UpgradeHandler } from "./server.ts";
