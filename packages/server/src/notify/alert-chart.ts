/**
 * What an alert's message shows of its rule: the series that fired over the last hour with its limit, and both their values.
 * It is asked of the store in small parts, so that no picture keeps pauses and orders waiting.
 */
import { type AlertChart, type ChartSeries, type ChartThreshold, type Unit, unitOf } from "@haltwatch/notify";
import { type Expr, PromqlEvaluationError, printQuery, queryInstant, type ResultSeries } from "@haltwatch/promql";
import { type Labels, METRIC_NAME, type SeriesReader } from "@haltwatch/store";
import { type Comparison, comparisonsOf } from "./comparison.ts";
import { queryUnit } from "./query-unit.ts";
import { isTooMuch, rangeInTurns } from "./range-in-turns.ts";
import { restrictedQuery, type WantedLabels } from "./restricted-query.ts";

/** What a picture shows, milliseconds. */
const SPAN_MS = 3_600_000;

/** How many points a line has. */
const STEP_MS = SPAN_MS / 240;

/** Of one value: while it is asked for, nothing else runs. */
const LIMITS = { maxSamples: 400_000, timeoutMs: 15 };

/** Labels that say where an alert fires, in the order in which people say it. */
const WHERE = ["bot", "job", "instance", "strategy", "venue", "pair", "symbol", "market"];

/** Longest name of a line that is a query, characters. */
const MAX_NAME = 60;

/** The parts of an alerting rule that are needed. */
export interface ChartedRule {
  readonly name: string;
  readonly query: Expr;
  /** Those that the rule gives its alerts: they are not labels of any series. */
  readonly labels: ReadonlyMap<string, string>;
}

/** What a chart is asked with. */
export interface ChartQuestion {
  readonly reader: SeriesReader;
  readonly rule: ChartedRule;
  /** Of the rule's alerts that are to be seen, the most important first. */
  readonly alerts: readonly Labels[];
  /** The picture's end, Unix milliseconds: now, or a while after the end. */
  readonly toMs: number;
}

/** The chart but for what the message knows itself: level, times, theme. */
export type AlertChartData = Pick<
  AlertChart,
  "title" | "where" | "unit" | "series" | "thresholds" | "fromMs" | "toMs" | "stepMs"
>;

/**
 * What the last hour of some of a rule's alerts looked like. Without data its lines are empty.
 *
 * @returns `undefined` if it would take too long to find out
 * @throws {PromqlEvaluationError} for an expression that cannot be evaluated
 */
export async function alertChart({ reader, rule, alerts, toMs }: ChartQuestion): Promise<AlertChartData | undefined> {
  const wanted = alerts.map((labels) => seriesLabels(rule, labels));
  const common = commonLabels(wanted);
  const range = { fromMs: toMs - SPAN_MS, toMs, stepMs: STEP_MS };
  const ask = async (query: Expr): Promise<readonly ResultSeries[]> => {
    const found = await rangeInTurns(reader, query, range);
    return found.filter(({ labels }) => wanted.some((one) => agrees(labels, one)));
  };
  try {
    const { asked, lines } = await firstWithData(askedOf(rule.query, common), ask);
    const limits = asked.restricted.limit === undefined ? [] : await ask(asked.restricted.limit);
    return {
      title: rule.name,
      where: whereOf(common),
      unit: unitOfComparison(asked.written),
      series: named(lines, asked.written.value, common),
      thresholds: thresholdsOf(asked.written, limits),
      ...range,
    };
  } catch (error) {
    if (isTooMuch(error)) return undefined;
    throw error;
  }
}

/** The value of one alert, and what it was compared with. */
export interface AlertReading {
  readonly value: number | undefined;
  readonly threshold: number | undefined;
  readonly unit: Unit;
}

/**
 * What an alert's message says in numbers: `value` is the side that is held against the limit, also where the rule has them
 * the other way round. What has no value at this moment, or would take too long to ask, is `undefined`.
 *
 * @param timeMs Unix milliseconds, of the evaluation
 */
export function alertReading(
  reader: SeriesReader,
  rule: ChartedRule,
  { labels, timeMs }: { readonly labels: Labels; readonly timeMs: number },
): AlertReading {
  const wanted = seriesLabels(rule, labels);
  const comparisons = askedOf(rule.query, wanted);
  for (const { written, restricted } of comparisons) {
    const value = valueAt(reader, restricted.value, wanted, timeMs);
    // The only one's limit is worth knowing all the same.
    if (value === undefined && comparisons.length > 1) continue;
    const threshold = restricted.limit === undefined ? undefined : valueAt(reader, restricted.limit, wanted, timeMs);
    return { value, threshold, unit: unitOfComparison(written) };
  }
  return { value: undefined, threshold: undefined, unit: "number" };
}

function valueAt(reader: SeriesReader, query: Expr, wanted: WantedLabels, timeMs: number): number | undefined {
  if (query.kind === "number") return query.value;
  try {
    const { value } = queryInstant(reader, query, timeMs, { limits: LIMITS });
    if (value.type === "scalar") return value.value;
    if (value.type === "string") return undefined;
    return value.series.find(({ labels }) => agrees(labels, wanted))?.values.at(-1);
  } catch (error) {
    if (error instanceof PromqlEvaluationError) return undefined;
    throw error;
  }
}

/** A comparison as the rule has it, and as it is asked for some alerts only. */
interface AskedComparison {
  readonly written: Comparison;
  readonly restricted: Comparison;
}

function askedOf(query: Expr, wanted: WantedLabels): AskedComparison[] {
  // Restricted as a whole: how two sides match says which labels come through.
  const restricted = comparisonsOf(restrictedQuery(query, wanted));
  return comparisonsOf(query).flatMap((written, at) => {
    const asked = restricted[at];
    return asked === undefined ? [] : [{ written, restricted: asked }];
  });
}

/** Of several comparisons, the one that has data. */
async function firstWithData(
  comparisons: readonly AskedComparison[],
  ask: (query: Expr) => Promise<readonly ResultSeries[]>,
): Promise<{ readonly asked: AskedComparison; readonly lines: readonly ResultSeries[] }> {
  for (const asked of comparisons) {
    const lines = await ask(asked.restricted.value);
    if (lines.length > 0) return { asked, lines };
  }
  const [asked] = comparisons;
  if (asked === undefined) throw new TypeError("an expression has at least one");
  return { asked, lines: [] };
}

/** Those labels of an alert that its series has, too. */
function seriesLabels({ labels: ruleLabels }: ChartedRule, alert: Labels): WantedLabels {
  return new Map([...alert].filter(([name]) => name !== "alertname" && !ruleLabels.has(name)));
}

function commonLabels([first = new Map(), ...others]: readonly WantedLabels[]): WantedLabels {
  return new Map([...first].filter(([name, value]) => others.every((labels) => labels.get(name) === value)));
}

/** None of its labels is another one of the alert's. Labels that the alert does not have were lost in the comparison. */
function agrees(labels: Labels, wanted: WantedLabels): boolean {
  return [...labels].every(([name, value]) => name === METRIC_NAME || (wanted.get(name) ?? value) === value);
}

function unitOfComparison({ value, limit, limitName }: Comparison): Unit {
  const unit = queryUnit(value);
  if (unit !== "number") return unit;
  return limit === undefined ? "number" : unitOf(limitName);
}

/** What each line is called: the labels in which it differs from the others, or the query. */
function named(lines: readonly ResultSeries[], value: Expr, common: WantedLabels): ChartSeries[] {
  const query = printQuery(value);
  const whole = query.length > MAX_NAME ? `${query.slice(0, MAX_NAME)}…` : query;
  return lines.map(({ labels, times, values }) => {
    const own = [...labels].filter(([name]) => name !== METRIC_NAME && !common.has(name));
    const text = own.map(([name, label]) => `${name}="${label}"`).join(", ");
    return { name: text === "" ? whole : text, times, values };
  });
}

function thresholdsOf({ beyond, limitName }: Comparison, limits: readonly ResultSeries[]): ChartThreshold[] {
  return limits.map(({ times, values }) => {
    const [first] = values;
    const isConstant = first !== undefined && values.every((value) => value === first);
    return { label: limitName, value: isConstant ? first : { name: limitName, times, values }, beyond };
  });
}

/** Where the alerts fire: what is common to all of them. */
function whereOf(common: WantedLabels): string {
  const known = WHERE.flatMap((name) => common.get(name) ?? []);
  const others = [...common].filter(([name]) => !WHERE.includes(name)).map(([name, value]) => `${name}=${value}`);
  return [...known, ...others].join(" · ");
}
