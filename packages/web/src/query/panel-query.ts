/** Asks what a panel shows, and keeps what it knows of it from refresh to refresh. */
import type { Api } from "../api/http.ts";
import type { Panel, Target } from "../dashboard/model.ts";
import type { TimeZone } from "../format/date-time.ts";
import { promDuration, readDuration, roundDuration } from "../time/duration-text.ts";
import { alignedRange, queryStep, rateInterval, stepOf } from "../time/interval.ts";
import { readTime, type TimeRange } from "../time/time-range.ts";
import { interpolate, interpolateQuery, type VariableLookup, type VariableValue } from "../variables/interpolate.ts";
import { type Frame, field, frame } from "./frame.ts";
import { AUTO_LEGEND, autoLegends, legendOf } from "./legend.ts";
import { type InstantSeries, leftOutSeries, readInstant, readRange } from "./prometheus-answer.ts";
import { RangeCache } from "./range-cache.ts";
import type { RequestQueue } from "./request-queue.ts";
import { heatmapFrames, instantTable, rangeTable } from "./tables.ts";

export interface QueryContext {
  readonly api: Api;
  readonly queue: RequestQueue;
  readonly range: TimeRange;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly timeZone: TimeZone;
  /** As many as the panel is wide. */
  readonly points: number;
  readonly lookup: VariableLookup;
  readonly scrapeIntervalMs: number;
  readonly minStepMs: number;
}

export interface PanelData {
  readonly frames: readonly Frame[];
  /** What could not be shown, in words. */
  readonly problems: readonly string[];
  readonly range: TimeRange;
  /** When it was asked, in milliseconds since 1970. */
  readonly now: number;
  /** As they were asked, for people who want to see them. */
  readonly queries: readonly { readonly refId: string; readonly expr: string; readonly step: number | undefined }[];
}

/** Its answer for times gone by changes with the end of the range. */
const DEPENDS_ON_RANGE = /@\s*(?:start|end)\s*\(/;

export class PanelQuery {
  /** By the query's place in its panel: foreign files have the same `refId` twice. */
  readonly #caches = new Map<number, RangeCache>();

  /** @throws `DOMException` `AbortError` when called off; other faults are told in `problems` */
  async run(panel: Panel, context: QueryContext, signal: AbortSignal): Promise<PanelData> {
    const range = panelRange(panel, context);
    const targets = panel.targets.filter(({ isHidden }) => !isHidden);
    const asked = targets.filter(({ foreign, expr }) => foreign === undefined && expr.trim() !== "");
    const problems = targets.flatMap(({ foreign, refId }) =>
      foreign === undefined ? [] : [`Query ${refId} is ${foreign}: not shown here`],
    );
    const queries: PanelData["queries"][number][] = [];
    const results = await Promise.allSettled(
      asked.map((target) =>
        this.#ask(panel, target, { ...context, range }, asked.length > 1, { queries, problems }, signal),
      ),
    );
    signal.throwIfAborted();
    const frames = results.flatMap((result, index) => {
      if (result.status === "fulfilled") return result.value;
      const refId = asked.length > 1 ? `Query ${asked[index]?.refId ?? ""}: ` : "";
      problems.push(refId + messageOf(result.reason));
      return [];
    });
    return {
      frames,
      problems,
      range,
      now: context.now,
      queries: queries.toSorted((a, b) => a.refId.localeCompare(b.refId)),
    };
  }

  async #ask(
    panel: Panel,
    target: Target,
    context: QueryContext,
    isOneOfMany: boolean,
    { queries, problems }: { readonly queries: PanelData["queries"][number][]; readonly problems: string[] },
    signal: AbortSignal,
  ): Promise<readonly Frame[]> {
    const { api, queue, range } = context;
    const { step, lookup } = stepAndLookup(panel, target, context);
    const expr = interpolateQuery(target.expr, lookup);
    const isRange = target.isRange || !target.isInstant;
    queries.push({ refId: target.refId, expr, step: isRange ? step : undefined });
    if (!isRange) {
      const time = String(range.to / 1000);
      const answer = await queue.ask(
        `instant ${time} ${expr}`,
        (called) => api.get("/api/v1/query", { query: expr, time }, { signal: called }),
        signal,
      );
      problems.push(...seriesProblem(target, answer));
      return instantFrames(target, readInstant(answer), isOneOfMany, lookup);
    }
    const cache = this.#cacheOf(panel.targets.indexOf(target));
    const grid = { ...alignedRange(range.from, range.to, step), step };
    const question = DEPENDS_ON_RANGE.test(expr) ? `${expr} ${grid.end}` : expr;
    const missing = cache.missing(question, grid, context.now);
    const answer = await queue.ask(
      `range ${missing.start} ${missing.end} ${step} ${expr}`,
      (called) =>
        api.get(
          "/api/v1/query_range",
          { query: expr, start: missing.start / 1000, end: missing.end / 1000, step: step / 1000 },
          { signal: called },
        ),
      signal,
    );
    signal.throwIfAborted();
    problems.push(...seriesProblem(target, answer));
    cache.take(question, grid, missing, readRange(answer), context.now);
    return rangeFrames(target, cache, step, isOneOfMany, lookup);
  }

  #cacheOf(place: number): RangeCache {
    let cache = this.#caches.get(place);
    if (cache === undefined) {
      cache = new RangeCache();
      this.#caches.set(place, cache);
    }
    return cache;
  }
}

function seriesProblem({ refId }: Target, answer: unknown): readonly string[] {
  const count = leftOutSeries(answer);
  return count === 0 ? [] : [`Query ${refId} has too many series: ${count} are left out`];
}

/** The dashboard's range, or the panel's own. */
function panelRange(
  { timeFrom, timeShift }: Panel,
  { range, now, timeZone, lookup }: Pick<QueryContext, "range" | "now" | "timeZone" | "lookup">,
): TimeRange {
  let { from, to } = range;
  const own = interpolate(timeFrom, lookup, "raw").trim();
  if (own !== "") {
    const start = readTime(own.startsWith("now") ? own : `now-${own}`, { now, zone: timeZone });
    if (start !== undefined && start < now) {
      from = start;
      to = now;
    }
  }
  const shift = readDuration(interpolate(timeShift, lookup, "raw").replace(/^-/, ""));
  return shift === undefined ? { from, to } : { from: from - shift, to: to - shift };
}

function stepAndLookup(panel: Panel, target: Target, context: QueryContext): { step: number; lookup: VariableLookup } {
  const { range, points, scrapeIntervalMs, minStepMs } = context;
  const span = range.to - range.from;
  const wanted = interpolate(target.interval || panel.interval, context.lookup, "raw").trim();
  const isRate = wanted.includes("__rate_interval");
  const own = wanted.includes("$") ? undefined : readDuration(wanted);
  const least = own ?? minStepMs;
  const interval = stepOf(span, panel.maxDataPoints ?? points, least);
  const rate = rateInterval(interval, target.interval !== "" && own !== undefined ? own : scrapeIntervalMs);
  const step = queryStep(span, isRate ? rate : interval, target.intervalFactor);
  const builtIn: Readonly<Record<string, string>> = {
    __interval: roundDuration(interval),
    __interval_ms: String(interval),
    __rate_interval: promDuration(rate),
    __rate_interval_ms: String(rate),
    __range: `${Math.max(1, Math.round(span / 1000))}s`,
    __range_s: String(Math.max(1, Math.round(span / 1000))),
    __range_ms: String(span),
    __from: String(range.from),
    __to: String(range.to),
  };
  return { step, lookup: withBuiltIns(context.lookup, builtIn) };
}

/** Grafana's own variables go before those of the dashboard. */
export function withBuiltIns(lookup: VariableLookup, builtIn: Readonly<Record<string, string>>): VariableLookup {
  return (name): VariableValue | undefined => {
    const value = Object.hasOwn(builtIn, name) ? builtIn[name] : undefined;
    return value === undefined ? lookup(name) : { values: [value] };
  };
}

function rangeFrames(
  target: Target,
  cache: RangeCache,
  step: number,
  isOneOfMany: boolean,
  lookup: VariableLookup,
): readonly Frame[] {
  const { refId } = target;
  const { series, times } = cache;
  const valueName = isOneOfMany ? `Value #${refId}` : "Value";
  if (target.format === "table") return [rangeTable(times, series, { refId, valueName, step })];
  const names = namesOf(
    target,
    series.map(({ labels }) => labels),
    lookup,
  );
  const frames = series.map(({ labels, values }, index) => {
    const legend = names?.[index] ?? "";
    return frame([field("Time", "time", times), field("Value", "number", values, { labels, legend })], {
      refId,
      name: legend,
      step,
    });
  });
  return target.format === "heatmap" ? heatmapFrames(frames, refId, step) : frames;
}

function instantFrames(
  target: Target,
  series: readonly InstantSeries[],
  isOneOfMany: boolean,
  lookup: VariableLookup,
): readonly Frame[] {
  const { refId } = target;
  if (target.format === "table")
    return [instantTable(series, { refId, valueName: isOneOfMany ? `Value #${refId}` : "Value" })];
  const names = namesOf(
    target,
    series.map(({ labels }) => labels),
    lookup,
  );
  const frames = series.map(({ labels, time, value, text }, index) => {
    const legend = names?.[index] ?? "";
    const options = { labels, legend };
    const values =
      text === undefined
        ? field("Value", "number", Float64Array.of(value), options)
        : field("Value", "string", [text], options);
    return frame([field("Time", "time", Float64Array.of(time)), values], { refId, name: legend });
  });
  return target.format === "heatmap" ? heatmapFrames(frames, refId, undefined) : frames;
}

/** `undefined`: by their labels. */
function namesOf(
  { legendFormat, expr }: Target,
  labels: readonly Readonly<Record<string, string>>[],
  lookup: VariableLookup,
): readonly string[] | undefined {
  if (legendFormat === AUTO_LEGEND) return autoLegends(labels, interpolate(expr, lookup));
  if (legendFormat === "") return labels.map((one) => (Object.keys(one).length === 0 ? interpolate(expr, lookup) : ""));
  const format = interpolate(legendFormat, lookup, "text");
  return labels.map((one) => legendOf(format, one));
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
