/** The plot: axes, limits with the side that fires, lines with their gaps, and since when it fires. */
import { scaleUtc } from "d3-scale";
import { area, curveStepAfter, line } from "d3-shape";
import type { AlertChart, ChartSeries, ChartThreshold } from "./alert-chart.ts";
import type { ChosenLine } from "./chosen-lines.ts";
import { firingSvg } from "./firing-svg.ts";
import { fitted, svgText, textWidth } from "./svg-text.ts";
import type { Theme } from "./theme.ts";
import { spanText, tickText } from "./time-text.ts";
import { formatValue } from "./unit.ts";
import { valueScale } from "./value-scale.ts";

export interface PlotPlace {
  readonly lines: readonly ChosenLine[];
  readonly theme: Theme;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Above the plot, for since when it fires. */
const FIRING_HEIGHT = 40;

/** Under the plot, for times. */
const TIMES_HEIGHT = 40;

/** Widest that values at the axis may be. */
const MAX_VALUE_WIDTH = 180;

/** Points further from each other than so many steps have a gap between them. */
const GAP_STEPS = 1.5;

/** A point of a line; without a value, a gap. */
interface Point {
  readonly timeMs: number;
  readonly value: number;
}

/** Where things are, for all that is drawn into the plot. */
interface Plot {
  readonly chart: AlertChart;
  readonly theme: Theme;
  readonly x: (timeMs: number) => number;
  readonly y: (value: number) => number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function plotSvg(
  chart: AlertChart,
  { lines, theme, left, right, top: above, bottom: below }: PlotPlace,
): string {
  const top = above + FIRING_HEIGHT;
  const bottom = below - TIMES_HEIGHT;
  const { y, ticks } = valueScale(shownValues(chart, lines), chart.unit, { top, bottom });
  const hasValues = lines.length > 0 || chart.thresholds.length > 0;
  const widest = hasValues ? Math.max(0, ...ticks.map(({ text }) => textWidth(text, 24))) : 0;
  const axis = left + (hasValues ? Math.min(MAX_VALUE_WIDTH, widest) + 12 : 0);
  const x = scaleUtc([chart.fromMs, chart.toMs], [axis, right]);
  const plot: Plot = { chart, theme, x: (timeMs) => x(timeMs), y, left: axis, right, top, bottom };
  return [
    `<clipPath id="plot"><rect x="${axis}" y="${top - 2}" width="${right - axis}" height="${bottom - top + 4}"/></clipPath>`,
    hasValues ? valueAxis(plot, ticks) : "",
    timeAxis(plot, x.ticks(5)),
    `<g clip-path="url(#plot)">`,
    ...chart.thresholds.map((threshold) => limit(plot, threshold)),
    ...lines.map((series, at) => drawnLine(plot, series, theme.lines[at % theme.lines.length] ?? theme.text)),
    "</g>",
    firingSvg(chart, { theme, x: plot.x, left: axis, right, top, bottom }),
    ...limitLabels(plot),
    lines.length === 0 ? nothing(plot) : "",
  ].join("");
}

function* shownValues({ thresholds }: AlertChart, lines: readonly ChosenLine[]): Generator<number> {
  for (const { min, max } of lines) yield* [min, max];
  for (const { value } of thresholds) {
    if (typeof value === "number") yield value;
    else yield* value.values;
  }
}

function valueAxis({ theme, left, right, y }: Plot, ticks: readonly { value: number; text: string }[]): string {
  return ticks
    .map(({ value, text }) => {
      const at = px(y(value));
      return [
        `<path d="M${px(left)} ${at}H${px(right)}" stroke="${theme.grid}" stroke-width="1.5"/>`,
        `<text x="${px(left - 12)}" y="${px(y(value) + 8.5)}" text-anchor="end" fill="${theme.quiet}">${svgText(fitted(text, MAX_VALUE_WIDTH, 24))}</text>`,
      ].join("");
    })
    .join("");
}

function timeAxis({ chart, theme, x, left, right, bottom }: Plot, ticks: readonly Date[]): string {
  const marks = ticks.map((tick) => {
    const at = px(x(tick.getTime()));
    const text = tickText(tick.getTime(), chart.toMs - chart.fromMs);
    return [
      `<path d="M${at} ${bottom}v8" stroke="${theme.quiet}" stroke-width="1.5"/>`,
      `<text x="${at}" y="${bottom + 32}" text-anchor="middle" fill="${theme.quiet}">${text}</text>`,
    ].join("");
  });
  return [`<path d="M${px(left)} ${bottom}H${right}" stroke="${theme.quiet}" stroke-width="1.5"/>`, ...marks].join("");
}

/** The side that fires, and the limit's line. */
function limit({ chart, theme, x, y, top, bottom }: Plot, { value, beyond }: ChartThreshold): string {
  const points = limitPoints(chart, value);
  const isDrawn = (point: Point): boolean => Number.isFinite(point.value);
  const edge = line<Point>(
    (point) => x(point.timeMs),
    (point) => y(point.value),
  )
    .defined(isDrawn)
    .curve(curveStepAfter)
    .digits(1)(points);
  const side = area<Point>()
    .x((point) => x(point.timeMs))
    .y0(beyond === "above" ? top : bottom)
    .y1((point) => y(point.value))
    .defined(isDrawn)
    .curve(curveStepAfter)
    .digits(1)(points);
  return [
    beyond === undefined ? "" : `<path d="${side ?? ""}" fill="${theme.limit}" fill-opacity="${theme.tint}"/>`,
    `<path d="${edge ?? ""}" fill="none" stroke="${theme.limit}" stroke-width="3" stroke-dasharray="12 7"/>`,
  ].join("");
}

/** What each limit is, at the beginning of its line, where what has only begun to fire is not; and not on another's label. */
function limitLabels({ chart, theme, y, left, top, bottom }: Plot): string[] {
  const taken: number[] = [];
  return chart.thresholds.map(({ label, value, beyond }) => {
    const [first, last] = typeof value === "number" ? [value, value] : ends(value);
    if (first === undefined || last === undefined || !Number.isFinite(first)) return "";
    const name = fitted(label === "" ? "limit" : label, 380, 24);
    const before = first === last ? "" : `${formatValue(first, chart.unit)} → `;
    const text = svgText(`${name} ${before}${formatValue(last, chart.unit)}`);
    // On the side that fires, unless there is no room.
    const [over, under] = [y(first) - 11, y(first) + 29];
    const sides = beyond === "below" ? [under, over] : [over, under];
    let at = sides.find((side) => side > top + 20 && side < bottom - 4) ?? over;
    while (taken.some((other) => Math.abs(other - at) < 28)) at += 28;
    taken.push(at);
    return `<text x="${px(left + 10)}" y="${px(at)}" font-weight="700" fill="${theme.limit}" ${halo(theme)}>${text}</text>`;
  });
}

/** So that text can be read on whatever is behind it. */
function halo({ background }: Theme): string {
  return `stroke="${background}" stroke-width="6" stroke-linejoin="round" paint-order="stroke"`;
}

/** The first and the last value that is a number. */
function ends({ values }: ChartSeries): [number | undefined, number | undefined] {
  return [values.find(Number.isFinite), values.findLast(Number.isFinite)];
}

function limitPoints(chart: AlertChart, value: number | ChartSeries): Point[] {
  if (typeof value !== "number") return points(value, chart.stepMs);
  return [
    { timeMs: chart.fromMs, value },
    { timeMs: chart.toMs, value },
  ];
}

/** Lines between neighbours; a point that has none is a dot. */
function drawnLine({ chart, x, y }: Plot, series: ChosenLine, colour: string): string {
  const all = points(series, chart.stepMs);
  const isDrawn = (point: Point | undefined): boolean => point !== undefined && Number.isFinite(point.value);
  const path = line<Point>(
    (point) => x(point.timeMs),
    (point) => y(point.value),
  )
    .defined(isDrawn)
    .digits(1)(all);
  const dots = all.filter((point, at) => isDrawn(point) && !isDrawn(all[at - 1]) && !isDrawn(all[at + 1]));
  return [
    `<path d="${path ?? ""}" fill="none" stroke="${colour}" stroke-width="3.5" stroke-linejoin="round" stroke-linecap="round"/>`,
    ...dots.map(({ timeMs, value }) => `<circle cx="${px(x(timeMs))}" cy="${px(y(value))}" r="4.5" fill="${colour}"/>`),
  ].join("");
}

/** A gap is a point without a value. */
function points({ times, values }: ChartSeries, stepMs: number): Point[] {
  const all: Point[] = [];
  let before = Number.NaN;
  for (const [at, timeMs] of times.entries()) {
    if (timeMs - before > stepMs * GAP_STEPS) all.push({ timeMs: before, value: Number.NaN });
    all.push({ timeMs, value: values[at] ?? Number.NaN });
    before = timeMs;
  }
  return all;
}

function nothing({ chart, theme, left, right, top, bottom }: Plot): string {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const text = `No data in the last ${spanText(chart.toMs - chart.fromMs)}`;
  return `<text x="${px(x)}" y="${px(y + 12)}" text-anchor="middle" font-size="36" font-weight="700" fill="${theme.text}" ${halo(theme)}>${text}</text>`;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
