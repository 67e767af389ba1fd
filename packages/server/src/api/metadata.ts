/** `metadata`: what exposition said of metrics. Source: Prometheus, web/api/v1/api.go (`metricMetadata`). */
import type { Metadata } from "@haltwatch/store";
import type { ApiSources } from "./api-sources.ts";
import { countParameter } from "./limit-parameter.ts";
import type { Route } from "./router.ts";

export function metadataRoutes({ store }: ApiSources): Route[] {
  return [
    {
      methods: ["GET"],
      path: "/api/v1/metadata",
      access: "read",
      handle: ({ parameters }) => {
        const limit = countParameter(parameters, "limit");
        countParameter(parameters, "limit_per_metric"); // we keep one for each metric, which no limit cuts
        const wanted = parameters.get("metric");
        const shown = new Map<string, readonly Metadata[]>();
        const names = wanted === "" ? [...store.metadata.keys()].sort() : [wanted];
        for (const name of names.slice(0, limit)) {
          const known = store.metadata.get(name);
          if (known !== undefined) shown.set(name, [metadataJson(known)]);
        }
        return { kind: "data", data: shown };
      },
    },
  ];
}

export function metadataJson({ type, help, unit }: Metadata): Metadata {
  return { type, unit, help };
}
