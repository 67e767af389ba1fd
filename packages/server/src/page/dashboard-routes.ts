/** `GET|POST /api/haltwatch/dashboards`, `GET|DELETE /api/haltwatch/dashboards/:uid`. */
import { z } from "zod";
import { ApiError, type ApiRequest, type Route } from "../api/index.ts";
import { type DashboardEntry, type DashboardLibrary, MAX_DASHBOARD_BYTES } from "./dashboard-library.ts";
import type { KeptDashboards } from "./kept-dashboards.ts";
import { readDashboard } from "./read-dashboard.ts";

export interface DashboardRouteOptions {
  readonly library: DashboardLibrary;
  readonly kept: KeptDashboards;
  readonly now: () => number;
}

const entry = z.object({
  uid: z.string(),
  title: z.string(),
  pack: z.string().nullable(),
  tags: z.array(z.string()),
  description: z.string(),
  source: z.enum(["pack", "file", "kept"]),
  error: z.string().optional().describe("What is wrong with the file; then it cannot be shown."),
});

const json = z.record(z.string(), z.unknown()).describe("A Grafana dashboard's JSON.");

export function dashboardRoutes({ library, kept, now }: DashboardRouteOptions): Route[] {
  return [
    {
      methods: ["GET"],
      path: "/api/haltwatch/dashboards",
      access: "read",
      doc: {
        summary: "Dashboards of packs, of files that haltwatch.toml names, and kept ones",
        answer: z.array(entry),
      },
      handle: async () => ({ kind: "data", data: await library.list() }),
    },
    {
      methods: ["POST"],
      path: "/api/haltwatch/dashboards",
      access: "control",
      doc: {
        summary: "Keep a dashboard; one that is kept under the same uid is replaced",
        body: json,
        answer: z.object({ uid: z.string(), title: z.string() }),
      },
      handle: async (request) => {
        const read = readDashboard(textOf(request));
        if (typeof read === "string") throw new ApiError("bad_data", read);
        const uid = ownUid(read.uid, await library.list());
        kept.keep({ ...read, uid }, now());
        return { kind: "data", data: { uid, title: read.title } };
      },
    },
    {
      methods: ["GET"],
      path: "/api/haltwatch/dashboards/:uid",
      access: "read",
      doc: { summary: "A dashboard as it is", answer: json },
      handle: async ({ pathValue }) => {
        const found = await library.get(pathValue);
        if (found === undefined) throw new ApiError("not_found", `there is no dashboard ${JSON.stringify(pathValue)}`);
        if (typeof found === "string") throw new ApiError("execution", found);
        return { kind: "data", data: found };
      },
    },
    {
      methods: ["DELETE"],
      path: "/api/haltwatch/dashboards/:uid",
      access: "control",
      doc: { summary: "Keep a dashboard no longer" },
      handle: ({ pathValue }) => {
        if (!kept.remove(pathValue))
          throw new ApiError("not_found", `no dashboard ${JSON.stringify(pathValue)} is kept: others are in files`);
        return { kind: "data", data: { uid: pathValue } };
      },
    },
  ];
}

/** A uid that no pack and no file has: what is kept does not take the place of those. */
function ownUid(wanted: string, entries: readonly DashboardEntry[]): string {
  const taken = new Set(entries.filter(({ source }) => source !== "kept").map(({ uid }) => uid));
  let uid = wanted;
  for (let copy = 2; taken.has(uid); copy += 1) uid = `${wanted}-${copy}`;
  return uid;
}

/** @throws {ApiError} `too_large` */
function textOf({ body }: ApiRequest): string {
  if (body.length > MAX_DASHBOARD_BYTES)
    throw new ApiError("too_large", `a dashboard has at most ${MAX_DASHBOARD_BYTES} bytes`);
  return Buffer.from(body).toString();
}
