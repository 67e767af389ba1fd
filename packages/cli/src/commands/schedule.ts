/** `haltwatch schedule list|export`: what is done when, and the same for systemd's timers and cron. */
import { resolve } from "node:path";
import { crontabText, readServerConfig, scheduledUnits, schedulesOf } from "@haltwatch/server";
import { thisProgram } from "../this-program.ts";

export interface ScheduleFlags {
  readonly config?: string;
  readonly env?: string;
}

export interface ExportFlags extends ScheduleFlags {
  readonly format: "systemd" | "crontab";
}

/** How many times are listed of each. */
const LISTED = 3;

export function listSchedule({ config: file, env: environment }: ScheduleFlags): void {
  const { schedule } = readServerConfig({ file, environment, env: process.env });
  const jobs = schedulesOf(schedule);
  if (jobs.length === 0) process.stdout.write("Nothing is scheduled.\n");
  for (const { name, schedule: cron } of jobs) {
    const times: string[] = [];
    for (let ms = cron.next(Date.now()); times.length < LISTED && Number.isFinite(ms); ms = cron.next(ms)) {
      times.push(`${new Date(ms).toISOString()} (${inZone(ms, cron.timeZone)})`);
    }
    process.stdout.write(
      `${name.padEnd(8)}${cron.expression}  ${cron.timeZone}\n        ${times.join("\n        ")}\n`,
    );
  }
}

export function exportSchedule({ config: file, env: environment, format }: ExportFlags): void {
  const config = readServerConfig({ file, environment, env: process.env });
  const options = { command: thisProgram(), configFile: resolve(config.file ?? "haltwatch.toml") };
  if (format === "crontab") {
    process.stdout.write(crontabText(config, options));
    return;
  }
  for (const { name, text } of scheduledUnits(config, options)) process.stdout.write(`# ${name}\n${text}\n`);
}

function inZone(ms: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "medium", timeStyle: "short" }).format(ms);
}
