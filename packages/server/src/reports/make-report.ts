/** Makes a day's report: its figures are PromQL queries on the store, asked in small parts so that nothing waits for them. */
import type { ReportChart } from "@haltwatch/notify";
import type { Pack, ReportQuery } from "@haltwatch/packs";
import { PromqlEvaluationError, parseQuery, queryInstant } from "@haltwatch/promql";
import type { SeriesReader } from "@haltwatch/store";
import { rangeInTurns } from "../notify/range-in-turns.ts";
import type { DailyReport, FiredAlert, ReportFigure, ReportSection } from "./daily-report.ts";
import { FIRED_ALERTS, FIRED_TITLE, GENERAL_FIGURES } from "./general-figures.ts";
import { localTime, type ReportDay } from "./report-day.ts";
import { withReportRange } from "./report-range.ts";

/**
 * One figure reads a day of all its series, and so long nothing else happens: no rule is evaluated, no lease renewed. It is less than
 * what the rule EventLoopLate takes for a fault, milliseconds.
 */
const LIMITS = { timeoutMs: 200, maxSamples: 50_000_000 };

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Step of a line, and of bars. */
const STEPS_MS = { line: 10 * MINUTE_MS, bars: HOUR_MS };

/** Hours that are written below a chart. */
const TICK_HOURS = new Set(["00:00", "06:00", "12:00", "18:00"]);

/** Most alerts that are listed. */
const MAX_ALERTS = 20;

export interface ReportSources {
  readonly reader: SeriesReader;
  readonly packs: readonly Pick<Pack, "name" | "report">[];
  readonly nowMs: number;
}

/** What has no data on that day, fails, or would take too long is left open: a report is made in any case. */
export async function makeReport(day: ReportDay, { reader, packs, nowMs }: ReportSources): Promise<DailyReport> {
  // A day that is not over is told of until now.
  const ask = new DayQueries(reader, { ...day, toMs: Math.max(day.fromMs + MINUTE_MS, Math.min(day.toMs, nowMs)) });
  const sections: ReportSection[] = [];
  for (const { name, report } of packs) {
    const figures: ReportFigure[] = [];
    for (const query of report) figures.push(await figureOf(query, ask));
    if (figures.some(({ value }) => value !== undefined)) sections.push({ title: name, figures });
  }
  const general: ReportFigure[] = [];
  for (const query of GENERAL_FIGURES) general.push(await figureOf(query, ask));
  sections.push({ title: "Haltwatch", figures: general });
  return { day, createdMs: nowMs, sections, alerts: isWatched(general) ? await ask.alerts() : undefined };
}

/** Whether anybody could have seen an alert. */
function isWatched(general: readonly ReportFigure[]): boolean {
  return general.some(({ title, value }) => title === FIRED_TITLE && value !== undefined);
}

async function figureOf({ title, query, unit, chart }: ReportQuery, ask: DayQueries): Promise<ReportFigure> {
  const value = await ask.value(query);
  return {
    ...{ title, unit },
    // What `increase` reckons between samples is no whole number, and what is counted is.
    value: value !== undefined && unit === "count" ? Math.round(value) : value,
    chart: chart === undefined || value === undefined ? undefined : await ask.chart({ title, unit, ...chart }),
  };
}

class DayQueries {
  readonly #reader: SeriesReader;
  readonly #day: ReportDay;

  constructor(reader: SeriesReader, day: ReportDay) {
    this.#reader = reader;
    this.#day = day;
  }

  /** One number; of several the first. */
  async value(query: string): Promise<number | undefined> {
    const { value } = (await this.#instant(query)) ?? {};
    if (value === undefined || value.type === "string") return undefined;
    const found = value.type === "scalar" ? value.value : value.series[0]?.values.at(-1);
    return found === undefined || !Number.isFinite(found) ? undefined : found;
  }

  async alerts(): Promise<FiredAlert[] | undefined> {
    const { value } = (await this.#instant(FIRED_ALERTS)) ?? {};
    if (value?.type !== "vector") return undefined;
    return value.series.slice(0, MAX_ALERTS).map(({ labels, values }) => ({
      name: labels.get("alertname"),
      severity: labels.get("severity"),
      count: values.at(-1) ?? 0,
    }));
  }

  async chart({
    title,
    unit,
    kind,
    query,
  }: Pick<ReportQuery, "title" | "unit"> & NonNullable<ReportQuery["chart"]>): Promise<ReportChart | undefined> {
    const stepMs = STEPS_MS[kind];
    const { fromMs, toMs } = this.#day;
    const range = { fromMs: fromMs + stepMs, toMs, stepMs };
    try {
      const [series] = await rangeInTurns(this.#reader, parseQuery(withReportRange(query, stepMs)), range);
      const { times, values } = series ?? { times: Float64Array.of(), values: Float64Array.of() };
      return { ...{ title, unit, kind, times, values, fromMs, toMs, stepMs }, ticks: ticksOf(this.#day) };
    } catch (error) {
      if (error instanceof PromqlEvaluationError) return undefined;
      throw error;
    }
  }

  async #instant(query: string) {
    await new Promise((resolve) => setImmediate(resolve)); // a turn for everything else
    const { fromMs, toMs } = this.#day;
    try {
      return queryInstant(this.#reader, withReportRange(query, toMs - fromMs), toMs, { limits: LIMITS });
    } catch (error) {
      if (error instanceof PromqlEvaluationError) return undefined;
      throw error;
    }
  }
}

/** By the clock there: on days of 23 or 25 hours they are where they belong. */
function ticksOf({ fromMs, toMs, timeZone }: ReportDay): ReportChart["ticks"] {
  const ticks: { timeMs: number; text: string }[] = [];
  // Half hours: there are zones that are so much off.
  for (let timeMs = fromMs; timeMs <= toMs; timeMs += HOUR_MS / 2) {
    const text = localTime(timeMs, timeZone).slice(11);
    if (TICK_HOURS.has(text)) ticks.push({ timeMs, text });
  }
  return ticks;
}
