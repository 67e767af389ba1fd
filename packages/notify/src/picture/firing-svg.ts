/** Since when it fires, and until when: a bar over the plot, a line through it, and the time in words. */
import type { AlertChart } from "./alert-chart.ts";
import { textWidth } from "./svg-text.ts";
import type { Theme } from "./theme.ts";
import { clockText, shortDay } from "./time-text.ts";

interface FiringPlace {
  readonly theme: Theme;
  readonly x: (timeMs: number) => number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const SIZE = 24;

export function firingSvg(chart: AlertChart, { theme, x, left, right, top, bottom }: FiringPlace): string {
  const { firedAtMs, resolvedAtMs, level } = chart;
  const inside = (timeMs: number): number => Math.round(Math.min(right, Math.max(left, x(timeMs))));
  const [from, to] = [inside(firedAtMs), inside(resolvedAtMs ?? chart.toMs)];
  const colour = theme.levels[level].fill;
  const marker = (at: number, stroke: string): string =>
    `<path d="M${at} ${top - 8}V${bottom}" stroke="${stroke}" stroke-width="2" stroke-dasharray="3 4"/>`;
  const text = firingText(chart);
  // Over the bar's beginning, but not beyond the plot's sides.
  const half = textWidth(text, SIZE) / 2;
  const [at, anchor] =
    from < left + half ? [left, "start"] : from > right - half ? [right, "end"] : ([from, "middle"] as const);
  return [
    `<rect x="${from}" y="${top - 10}" width="${Math.max(4, to - from)}" height="8" rx="2" fill="${colour}"/>`,
    firedAtMs >= chart.fromMs ? marker(from, theme.text) : "",
    resolvedAtMs === undefined ? "" : marker(to, theme.levels.resolved.fill),
    `<text x="${at}" y="${top - 18}" text-anchor="${anchor}" font-size="${SIZE}" font-weight="700" fill="${theme.text}">${text}</text>`,
  ].join("");
}

function firingText({ firedAtMs, resolvedAtMs, fromMs }: AlertChart): string {
  // A time of another day says which.
  const isLongAgo = fromMs - firedAtMs > 12 * 3_600_000;
  const fired = isLongAgo ? `${shortDay(firedAtMs)} ${clockText(firedAtMs)}` : clockText(firedAtMs);
  if (resolvedAtMs === undefined) return `${firedAtMs < fromMs ? "firing since" : "fired"} ${fired} UTC`;
  return `fired ${fired} → resolved ${clockText(resolvedAtMs)} UTC`;
}
