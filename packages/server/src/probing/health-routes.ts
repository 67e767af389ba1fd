/** What the newest health and backup checks found, over HTTP. */
import { z } from "zod";
import type { Route } from "../api/index.ts";
import { backupJson, healthJson } from "./health-json.ts";
import type { ScheduledWork } from "./scheduled-work.ts";

const status = z.enum(["ok", "unhealthy", "unavailable"]);

const health = z.object({
  ...{ status: z.enum(["ok", "unhealthy"]), time: z.string(), host: z.string(), duration_ms: z.number() },
  checks: z.array(
    z.object({
      ...{ kind: z.string(), name: z.string(), status, detail: z.string(), state: z.string().nullable() },
      ...{ value: z.number().nullable(), limit: z.number().nullable(), unit: z.string().nullable() },
      duration_ms: z.number(),
    }),
  ),
});

const backup = z.object({
  ...{ name: z.string(), status, detail: z.string() },
  ...{ path: z.string().nullable(), time: z.string().nullable(), size_bytes: z.number().nullable() },
});

export function healthRoutes(work: () => Pick<ScheduledWork, "health" | "backups">): Route[] {
  return [
    {
      methods: ["GET"],
      path: "/api/haltwatch/health",
      access: "read",
      doc: { summary: "What the newest health check found; null before the first", answer: health.nullable() },
      handle: () => {
        const report = work().health;
        return { kind: "data", data: report === undefined ? null : healthJson(report) };
      },
    },
    {
      methods: ["GET"],
      path: "/api/haltwatch/backups",
      access: "read",
      doc: { summary: "What the newest backup check found", answer: z.array(backup) },
      handle: () => ({ kind: "data", data: work().backups.map(backupJson) }),
    },
  ];
}
