/** What is in force, over HTTP: each value with its source, thresholds, and the runbooks that alerts link to. */
import { readFileSync } from "node:fs";
import { ApiError, type Route } from "../api/index.ts";
import { configValues } from "./config-values.ts";
import type { ServerConfig } from "./server-config.ts";

export function configRoutes(config: () => ServerConfig): Route[] {
  return [
    {
      methods: ["GET"],
      path: "/api/haltwatch/config",
      access: "read",
      handle: () => {
        const { hash } = config();
        const values = configValues(config()).map(({ key, text, origin }) => ({ key, text, ...origin }));
        return { kind: "data", data: { hash, values } };
      },
    },
    {
      methods: ["GET"],
      path: "/api/haltwatch/thresholds",
      access: "read",
      handle: () => ({
        kind: "data",
        data: config().thresholds.map(({ origin, ...threshold }) => ({ ...threshold, ...origin })),
      }),
    },
    {
      methods: ["GET"],
      path: "/packs/:name/RUNBOOK.md",
      access: "read",
      handle: ({ pathValue }) => {
        const pack = config().packs.find(({ name }) => name === pathValue);
        if (pack === undefined) throw new ApiError("not_found", `no pack ${JSON.stringify(pathValue)} is enabled`);
        const headers = { "Content-Type": "text/markdown; charset=utf-8" };
        return { kind: "text", status: 200, text: readFileSync(pack.runbook, "utf8"), headers };
      },
    },
  ];
}
