/** `[schedule]` in haltwatch.toml: what is done when, while `haltwatch run` runs. An empty text: never. */
import { CronSchedule, ScheduleError } from "@haltwatch/probes";
import { z } from "zod";
import { flag, text } from "../scrape/config-values.ts";

const SCHEDULED = ["health", "backup", "report"] as const;
export type Scheduled = (typeof SCHEDULED)[number];

/** Keys of haltwatch.toml, for its schema. */
export const SCHEDULE_KEYS = {
  schedule: z
    .strictObject({
      /** Of the expressions, and of the daily report's day. */
      time_zone: text.default("UTC"),
      health: text.default("*/5 * * * *"),
      backup: text.default("0 */6 * * *"),
      report: text.default("0 9 * * *"),
      /** Whether the report goes to the channels, too; it is kept in any case. */
      send_report: flag.default(false),
    })
    .prefault({})
    .superRefine((schedule, context) => {
      for (const key of SCHEDULED) {
        const fault = faultOf(schedule[key], schedule.time_zone);
        if (fault === undefined) continue;
        context.addIssue({ code: "custom", path: [fault.isZone ? "time_zone" : key], message: fault.message });
        if (fault.isZone) return;
      }
    }),
} as const;

type ScheduleSettings = z.output<(typeof SCHEDULE_KEYS)["schedule"]>;

/** Those that are done at all. */
export function schedulesOf(
  settings: ScheduleSettings,
): { readonly name: Scheduled; readonly schedule: CronSchedule }[] {
  return SCHEDULED.filter((name) => settings[name] !== "").map((name) => ({
    name,
    schedule: new CronSchedule(settings[name], settings.time_zone),
  }));
}

function faultOf(
  expression: string,
  timeZone: string,
): { readonly message: string; readonly isZone: boolean } | undefined {
  try {
    // The zone also where nothing is scheduled: the report's day goes by it.
    new CronSchedule(expression === "" ? "0 0 * * *" : expression, timeZone);
    return undefined;
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    return { message: `${error.message}. ${error.hint}`, isZone: error.message.endsWith("is no time zone") };
  }
}
