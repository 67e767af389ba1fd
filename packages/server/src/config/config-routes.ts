/** What is in force, over HTTP: each value with its source, thresholds, and the runbooks that alerts link to. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { ApiError, type Route } from "../api/index.ts";
import { configValues } from "./config-values.ts";
import type { ServerConfig } from "./server-config.ts";

const origin = {
  source: z.string().describe("default, pack, bot file, file, environment or command line."),
  where: z.string().describe("The file's line and column, or the variable."),
};

const shownConfig = z.object({
  hash: z.string().describe("SHA-256 over all values."),
  values: z.array(z.object({ key: z.string(), text: z.string(), ...origin })),
});

const shownThreshold = z.object({
  ...{ name: z.string(), value: z.number(), unit: z.string(), help: z.string() },
  ...origin,
});

export function configRoutes(config: () => ServerConfig): Route[] {
  return [
    {
      methods: ["GET"],
      path: "/api/haltwatch/config",
      access: "read",
      doc: {
        summary: "Every value of the configuration with its source, and the hash of the whole",
        answer: shownConfig,
      },
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
      doc: { summary: "Every threshold with its value and its source", answer: z.array(shownThreshold) },
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
