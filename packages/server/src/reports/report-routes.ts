/** Reports over HTTP: those that are kept, one of any day, and making one that is kept and sent. */
import { ConfigError } from "@haltwatch/bot";
import { isTimeZone } from "@haltwatch/probes";
import { z } from "zod";
import { ApiError, type Route, readBody } from "../api/index.ts";
import { dayBefore, type ReportDay, reportDay } from "./report-day.ts";
import { REPORT_POLICY } from "./report-html.ts";
import type { Reports } from "./reports.ts";

export interface ReportRouteOptions {
  readonly reports: Reports;
  /** For who names none. */
  readonly timeZone: () => string;
  readonly now: () => number;
}

const body = z.strictObject({
  /** `2026-11-20`; the day before without it. */
  date: z.string().optional(),
  time_zone: z.string().optional(),
  send: z.boolean().default(false),
});

const kept = z.object({
  ...{ id: z.string(), title: z.string(), date: z.string(), time_zone: z.string() },
  /** RFC 3339, UTC. */
  created: z.string(),
  /** `null`: it was not sent. */
  sent: z.string().nullable(),
});

const made = z.object({ id: z.string(), title: z.string(), lines: z.array(z.string()), channels: z.number() });

const HEADERS = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": REPORT_POLICY };

export function reportRoutes(options: ReportRouteOptions): Route[] {
  const { reports } = options;
  return [
    {
      methods: ["GET"],
      path: "/api/haltwatch/reports",
      access: "read",
      doc: { summary: "The daily reports that are kept, the newest day first", answer: z.array(kept) },
      handle: () => ({
        kind: "data",
        data: reports.list().map(({ id, title, date, timeZone, createdMs, sentMs }) => ({
          ...{ id, title, date, time_zone: timeZone, created: new Date(createdMs).toISOString() },
          sent: sentMs === undefined ? null : new Date(sentMs).toISOString(),
        })),
      }),
    },
    {
      methods: ["POST"],
      path: "/api/haltwatch/reports",
      access: "control",
      doc: { summary: "Make a daily report and keep it; with send, it goes to the channels", body, answer: made },
      handle: async (request) => {
        const { date, time_zone, send } = readBody(request, body);
        const day = dayOf(date, time_zone, options);
        return { kind: "data", data: send ? await reports.send(day) : await reports.keep(day) };
      },
    },
    {
      methods: ["GET"],
      // Of any day, made now, and not kept.
      path: "/api/haltwatch/reports/daily",
      access: "read",
      doc: {
        summary: "The report of a day as a page, made now and not kept",
        query: { date: "2026-11-20; yesterday without it", time_zone: "Europe/Berlin; as [schedule] says without it" },
        answer: "text/html",
      },
      handle: async ({ parameters }) => {
        const [date, zone] = [parameters.get("date"), parameters.get("time_zone")].map((text) => text || undefined);
        return { kind: "text", status: 200, text: await reports.html(dayOf(date, zone, options)), headers: HEADERS };
      },
    },
    {
      methods: ["GET"],
      path: "/api/haltwatch/reports/:id",
      access: "read",
      doc: { summary: "A report that is kept, as a page; with .png behind its id, its picture", answer: "text/html" },
      handle: ({ pathValue }) => {
        const png = pathValue.endsWith(".png") ? reports.picture(pathValue.slice(0, -".png".length)) : undefined;
        if (png !== undefined) return { kind: "bytes", bytes: png, headers: { "Content-Type": "image/png" } };
        const html = reports.kept(pathValue);
        if (html === undefined) throw new ApiError("not_found", "there is no such report, or no longer");
        return { kind: "text", status: 200, text: html, headers: HEADERS };
      },
    },
  ];
}

/** @throws {ApiError} `bad_data` */
function dayOf(date: string | undefined, zone: string | undefined, { timeZone, now }: ReportRouteOptions): ReportDay {
  const where = zone ?? timeZone();
  if (!isTimeZone(where))
    throw new ApiError("bad_data", `${JSON.stringify(where)} is no time zone: write one like Europe/Berlin`);
  try {
    const day = date === undefined ? dayBefore(now(), where) : reportDay(date, where);
    if (day.fromMs <= now()) return day;
    throw new ApiError("bad_data", `${day.date} has not begun yet in ${where}`);
  } catch (error) {
    if (error instanceof ConfigError) throw new ApiError("bad_data", `${error.message}. ${error.hint}`);
    throw error;
  }
}
