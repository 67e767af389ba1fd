/** What a daily report says: figures of the day, how some of them went, which alerts fired. Plain data, before any look. */
import type { ReportChart, Unit } from "@haltwatch/notify";
import type { ReportDay } from "./report-day.ts";

export interface DailyReport {
  readonly day: ReportDay;
  /** When it was made, Unix milliseconds. */
  readonly createdMs: number;
  readonly sections: readonly ReportSection[];
  /** The most often first; `undefined`: nobody knows whether any did. */
  readonly alerts: readonly FiredAlert[] | undefined;
}

export interface ReportSection {
  /** A pack's name, or `Haltwatch`. */
  readonly title: string;
  readonly figures: readonly ReportFigure[];
}

export interface ReportFigure {
  readonly title: string;
  readonly unit: Unit;
  /** `undefined`: nobody told it on that day. */
  readonly value: number | undefined;
  readonly chart: ReportChart | undefined;
}

export interface FiredAlert {
  readonly name: string;
  readonly severity: string;
  /** How many of it, by their labels. */
  readonly count: number;
}

/** `20 Nov 2026 · Europe/Berlin`. */
export function dayTitle({ date, timeZone }: ReportDay): string {
  const [year, month, day] = date.split("-").map(Number);
  return `${day} ${MONTHS[(month ?? 1) - 1]} ${year} · ${timeZone}`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
