/** Daily reports: made, drawn, kept, told (row D4). */
import type { ReportText } from "@haltwatch/notify";
import type { Store } from "@haltwatch/store";
import type { ServerConfig } from "../config/server-config.ts";
import type { Notifying } from "../notify/index.ts";
import type { DailyReport } from "./daily-report.ts";
import { makeReport } from "./make-report.ts";
import { dayBefore, type ReportDay } from "./report-day.ts";
import { reportHtml } from "./report-html.ts";
import { type KeptReport, ReportTable } from "./report-table.ts";
import { reportHeadline, reportLines, reportPicture } from "./report-text.ts";

export interface ReportsOptions {
  readonly store: Store;
  readonly config: () => Pick<ServerConfig, "packs" | "schedule" | "web">;
  readonly notifying: Pick<Notifying, "drawReport" | "tellReport">;
  /** Unix milliseconds. */
  readonly now: () => number;
}

export interface MadeReport {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly string[];
  /** To how many channels it goes. */
  readonly channels: number;
}

export class Reports {
  readonly #options: ReportsOptions;
  readonly #table: ReportTable;
  /** One after the other: each reads a day of all series. */
  #making: Promise<unknown> = Promise.resolve();

  /** @throws {StoreError} */
  constructor(options: ReportsOptions) {
    this.#options = options;
    this.#table = new ReportTable(options.store.tables);
  }

  /**
   * Of the day that was over at this time, in the schedule's time zone: made and kept; sent, if the schedule says so, and no second time:
   * a clock that was set back is no news.
   */
  async scheduled(dueMs: number): Promise<void> {
    const { time_zone, send_report } = this.#options.config().schedule;
    const day = dayBefore(dueMs, time_zone);
    const sentMs = this.list().find(({ id }) => id === idOf(day))?.sentMs;
    const isSent = sentMs !== undefined && sentMs >= day.toMs;
    await (send_report && !isSent ? this.send(day) : this.keep(day));
  }

  /** Makes it, without keeping it. */
  report(day: ReportDay): Promise<DailyReport> {
    const { store, config, now } = this.#options;
    const made = this.#making.then(() => makeReport(day, { reader: store, packs: config().packs, nowMs: now() }));
    this.#making = made.catch(() => undefined); // whoever asked for it is told
    return made;
  }

  async html(day: ReportDay): Promise<string> {
    return reportHtml(await this.report(day));
  }

  /** Makes it, keeps it, and sends it to whom the routes send what is for information. */
  async send(day: ReportDay): Promise<MadeReport> {
    const { made, report } = await this.#kept(day);
    const { notifying, config, now } = this.#options;
    const { external_url } = config().web;
    const url =
      external_url === undefined ? undefined : `${external_url.replace(/\/+$/, "")}/api/haltwatch/reports/${made.id}`;
    const text: ReportText = { id: made.id, headline: made.title, lines: reportLines(report), url };
    const channels = notifying.tellReport(text);
    if (channels > 0) this.#table.sent(made.id, now());
    return { ...made, channels };
  }

  async keep(day: ReportDay): Promise<MadeReport> {
    return (await this.#kept(day)).made;
  }

  list(): KeptReport[] {
    return this.#table.list();
  }

  kept(id: string): string | undefined {
    return this.#table.html(id);
  }

  picture(id: string): Uint8Array | undefined {
    return this.#table.png(id);
  }

  async #kept(day: ReportDay): Promise<{ readonly made: MadeReport; readonly report: DailyReport }> {
    const report = await this.report(day);
    const png = await this.#options.notifying.drawReport(reportPicture(report));
    const { date, timeZone } = day;
    const [id, title] = [idOf(day), reportHeadline(report)];
    this.#table.put({ id, title, date, timeZone, createdMs: report.createdMs }, reportHtml(report), png);
    return { made: { id, title, lines: reportLines(report), channels: 0 }, report };
  }
}

/** `daily-2026-11-20-europe-berlin`: one for each day and zone. */
function idOf({ date, timeZone }: ReportDay): string {
  return `daily-${date}-${timeZone.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
}
