/** `/-/healthy` and `/-/ready`, for whoever watches the watcher. Source: Prometheus, web/web.go. */
import type { ApiSources } from "./api-sources.ts";
import type { Route } from "./router.ts";

export function healthRoutes({ isReady }: Pick<ApiSources, "isReady">): Route[] {
  const methods = ["GET", "HEAD"];
  return [
    {
      methods,
      path: "/-/healthy",
      access: "open",
      handle: () => ({ kind: "text", status: 200, text: "Haltwatch is Healthy.\n" }),
    },
    {
      methods,
      path: "/-/ready",
      access: "open",
      handle: () =>
        isReady()
          ? { kind: "text", status: 200, text: "Haltwatch is Ready.\n" }
          : { kind: "text", status: 503, text: "Service Unavailable" },
    },
  ];
}
