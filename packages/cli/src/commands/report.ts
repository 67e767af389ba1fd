/** `haltwatch report daily|list`: the day in figures, made by the Haltwatch that runs: it has the samples. */
import { writeFile } from "node:fs/promises";
import { CommandError } from "../command-error.ts";
import { askHaltwatch, haltwatchText } from "../haltwatch-api.ts";

export interface ReportFlags {
  readonly date?: string;
  readonly timeZone?: string;
  readonly send?: boolean;
  readonly out?: string;
  readonly url: string;
}

interface MadeReport {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly channels: number;
}

interface ListedReport {
  readonly id: string;
  readonly title: string;
  readonly created: string;
  readonly sent: string | null;
}

/** Without --send and --out it is kept, and printed in words. */
export async function dailyReport({ date, timeZone, send = false, out, url }: ReportFlags): Promise<void> {
  const asked = { ...(date === undefined ? {} : { date }), ...(timeZone === undefined ? {} : { time_zone: timeZone }) };
  if (out !== undefined && !send) {
    const parameters = new URLSearchParams(asked);
    await written(out, await haltwatchText({ url, path: `/api/haltwatch/reports/daily?${parameters}` }));
    return;
  }
  const made = await askHaltwatch<MadeReport>({ url, path: "/api/haltwatch/reports", body: { ...asked, send } });
  process.stdout.write(
    `${made.title}\n\n${made.lines.map((line) => `  ${line}\n`).join("")}\n${whereTo(made, send, url)}\n`,
  );
  if (out !== undefined) await written(out, await haltwatchText({ url, path: `/api/haltwatch/reports/${made.id}` }));
}

export async function listReports({ url }: { readonly url: string }): Promise<void> {
  const reports = await askHaltwatch<readonly ListedReport[]>({ url, path: "/api/haltwatch/reports" });
  if (reports.length === 0) process.stdout.write("No reports are kept yet.\n");
  for (const { id, created, sent } of reports)
    process.stdout.write(`${id}  made ${created}  ${sent === null ? "not sent" : `sent ${sent}`}\n`);
}

function whereTo({ id, channels }: MadeReport, isSent: boolean, url: string): string {
  const page = new URL(`/api/haltwatch/reports/${id}`, url);
  if (!isSent) return `Kept at ${page}`;
  return channels === 0
    ? `No channel takes it. Kept at ${page}`
    : `Sent to ${channels === 1 ? "1 channel" : `${channels} channels`}. Kept at ${page}`;
}

async function written(file: string, html: string): Promise<void> {
  try {
    await writeFile(file, html);
  } catch (error) {
    throw new CommandError(`${file} cannot be written: ${String(error)}`, "Name another --out");
  }
  process.stdout.write(`${file}\n`);
}
