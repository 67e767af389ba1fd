/** One chart of a report, as a part of a picture or of a page: bars or a line, values at the left, hours below. */
import { line } from "d3-shape";
import type { ReportChart } from "./report-picture.ts";
import { fitted, svgText, textWidth } from "./svg-text.ts";
import { valueScale } from "./value-scale.ts";

/** Any colours that SVG knows; in a page `var(--text)`. */
export interface ReportColours {
  readonly text: string;
  readonly quiet: string;
  readonly grid: string;
  readonly line: string;
}

export interface ReportChartPlace {
  readonly colours: ReportColours;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Of the letters, pixels. */
  readonly size: number;
}

/** Room between two bars, as a part of one. */
const BAR_GAP = 0.22;

/** Points further from each other than so many steps have a gap between them. */
const GAP_STEPS = 1.5;

interface Point {
  readonly timeMs: number;
  readonly value: number;
}

export function reportChartSvg(chart: ReportChart, place: ReportChartPlace): string {
  const { colours, right, top, bottom: below, size } = place;
  const bottom = below - size * 1.5;
  const points = pointsOf(chart);
  const known = points.filter(({ value }) => Number.isFinite(value));
  if (known.length === 0) return nothing(place);
  // Bars stand on zero.
  const shown = [...known.map(({ value }) => value), ...(chart.kind === "bars" ? [0] : [])];
  const { y, ticks } = valueScale(shown, chart.unit, { top: top + size * 0.5, bottom });
  const widest = Math.max(...ticks.map(({ text }) => textWidth(text, size)));
  const left = place.left + Math.min(widest, size * 7) + size * 0.5;
  const x = (timeMs: number): number => left + ((timeMs - chart.fromMs) / (chart.toMs - chart.fromMs)) * (right - left);
  return [
    ...ticks.map(({ value, text }) => valueTick(text, px(y(value)), { left, right, size, colours })),
    ...chart.ticks.map(({ timeMs, text }) => timeTick(text, x(timeMs), { left, right, bottom, size, colours })),
    chart.kind === "bars" ? bars(known, chart, { x, y, left, colours }) : drawnLine(points, { x, y, colours }),
  ].join("");
}

interface Axes {
  readonly x: (timeMs: number) => number;
  readonly y: (value: number) => number;
  readonly colours: ReportColours;
}

function bars(
  points: readonly Point[],
  { stepMs }: ReportChart,
  { x, y, left, colours }: Axes & { readonly left: number },
): string {
  const zero = y(0);
  return points
    .map(({ timeMs, value }) => {
      const [from, to] = [Math.max(left, x(timeMs - stepMs)), x(timeMs)];
      const gap = (to - from) * BAR_GAP;
      const [above, below] = [Math.min(zero, y(value)), Math.max(zero, y(value))];
      // What is more than nothing is seen.
      const height = value === 0 ? 0 : Math.max(1, below - above);
      return `<rect x="${px(from + gap / 2)}" y="${px(above)}" width="${px(to - from - gap)}" height="${px(height)}" fill="${colours.line}"/>`;
    })
    .join("");
}

function drawnLine(points: readonly Point[], { x, y, colours }: Axes): string {
  const path = line<Point>(
    ({ timeMs }) => x(timeMs),
    ({ value }) => y(value),
  )
    .defined(({ value }) => Number.isFinite(value))
    .digits(1)([...points]);
  return `<path d="${path ?? ""}" fill="none" stroke="${colours.line}" stroke-width="3" stroke-linejoin="round" stroke-linecap="round"/>`;
}

/** A gap is a point without a value. */
function pointsOf({ times, values, stepMs }: ReportChart): Point[] {
  const all: Point[] = [];
  let before = Number.NaN;
  for (const [at, timeMs] of times.entries()) {
    if (timeMs - before > stepMs * GAP_STEPS) all.push({ timeMs: before, value: Number.NaN });
    all.push({ timeMs, value: values[at] ?? Number.NaN });
    before = timeMs;
  }
  return all;
}

function valueTick(
  text: string,
  at: string,
  { left, right, size, colours }: Pick<ReportChartPlace, "left" | "right" | "size" | "colours">,
): string {
  const label = svgText(fitted(text, size * 7, size));
  return [
    `<path d="M${px(left)} ${at}H${px(right)}" stroke="${colours.grid}" stroke-width="1.5"/>`,
    `<text x="${px(left - size * 0.4)}" y="${px(Number(at) + size * 0.35)}" text-anchor="end" font-size="${size}" fill="${colours.quiet}">${label}</text>`,
  ].join("");
}

function timeTick(
  text: string,
  at: number,
  { left, right, bottom, size, colours }: Pick<ReportChartPlace, "left" | "right" | "bottom" | "size" | "colours">,
): string {
  // At both ends within the picture.
  const half = textWidth(text, size) / 2;
  const middle = Math.max(left + half - size * 0.5, Math.min(right - half, at));
  return [
    `<path d="M${px(at)} ${px(bottom)}v${px(size * 0.3)}" stroke="${colours.quiet}" stroke-width="1.5"/>`,
    `<text x="${px(middle)}" y="${px(bottom + size * 1.3)}" text-anchor="middle" font-size="${size}" fill="${colours.quiet}">${svgText(text)}</text>`,
  ].join("");
}

function nothing({ left, right, top, bottom, size, colours }: ReportChartPlace): string {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return `<text x="${px(x)}" y="${px(y)}" text-anchor="middle" font-size="${size}" fill="${colours.quiet}">No data on this day</text>`;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
