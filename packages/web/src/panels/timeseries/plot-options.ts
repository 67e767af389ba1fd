/** A uPlot for series of time: scales, axes, lines, bars, points, limits. */
import type uPlot from "uplot";
import { annotationPlugin } from "../../charts/annotation-marks.ts";
import { timeAxis, unitIncrements, valueAxis, withoutTrailingZeros } from "../../charts/axes.ts";
import { drawBars, drawLine, type LineScale } from "../../charts/line-path.ts";
import { crosshairSync, zoomByDrag } from "../../charts/over-time.ts";
import { type Theme, withOpacity } from "../../format/color.ts";
import { type ShownField, shownSteps } from "../../format/shown-field.ts";
import { formattedText } from "../../format/value-format.ts";
import type { PanelContext } from "../panel-body.ts";
import type { AlignedSeries, ChartSeries } from "./aligned.ts";
import type { SeriesStyle } from "./series-style.ts";
import { type TooltipOptions, tooltipPlugin } from "./tooltip.ts";
import { valueRange } from "./value-range.ts";

/** What a plot reads while it lives: replaced with each refresh, so that the plot itself can stay. */
export interface Live {
  aligned: AlignedSeries;
  range: { readonly from: number; readonly to: number };
  context: PanelContext;
  tooltip: TooltipOptions;
}

/** Series of one unit and side share an axis, as in Grafana. */
function scaleKey({ field, style }: Pick<ChartSeries, "field" | "style">): string {
  const { axis, stacking } = style;
  const unit = stacking === "percent" ? "percentunit" : field.config.unit || "none";
  return `y ${axis.placement === "right" ? "right" : "left"} ${unit} ${axis.log ?? ""} ${axis.label}`;
}

/** Changes when a new plot is needed. */
export function structureOf(
  { series }: AlignedSeries,
  { theme, timeZone, crosshair }: PanelContext,
  hidden: ReadonlySet<string>,
): string {
  const parts = series.map((one) => [
    one.field.shownName,
    scaleKey(one),
    hidden.has(one.field.shownName),
    JSON.stringify(one.style),
    one.style.gradient === "scheme" ? "" : one.field.color,
    JSON.stringify(one.field.config.thresholds ?? ""),
  ]);
  return JSON.stringify([parts, theme, timeZone, crosshair]);
}

export function plotOptions(live: Live, hidden: ReadonlySet<string>): Omit<uPlot.Options, "width" | "height"> {
  const { aligned, context } = live;
  const { theme, timeZone } = context;
  const groups = Map.groupBy(aligned.series, scaleKey);
  const scales: uPlot.Scales = { x: { time: false, auto: false, range: () => [live.range.from, live.range.to] } };
  const axes: uPlot.Axis[] = [timeAxis(theme, timeZone)];
  for (const [key, group] of groups) {
    const [first] = group;
    if (first === undefined) continue;
    const { axis } = first.style;
    const names = new Set(group.map(({ field }) => field.shownName));
    scales[key] = {
      auto: true,
      distr: axis.log === undefined ? 1 : 3,
      log: axis.log === 2 ? 2 : 10,
      range: () => {
        const { series, times } = live.aligned;
        const shown = series.filter(
          (one) => names.has(one.field.shownName) && scaleKey(one) === key && !hidden.has(one.field.shownName),
        );
        const { min, max } = valueRange(shown, times, live.range.from, live.range.to);
        return [min, max];
      },
    };
    const isPercent = first.style.stacking === "percent";
    axes.push(
      valueAxis(theme, {
        scale: key,
        isRight: axis.placement === "right",
        isShown: group.some(({ style }) => style.axis.placement !== "hidden" && !style.isHidden),
        label: axis.label,
        hasGrid: axis.hasGrid && axes.length === 1,
        increments: unitIncrements(first.field.config.unit),
        isLog: axis.log !== undefined,
        text: (value, decimals, more) =>
          isPercent ? `${Math.round(value * 100)}%` : tickText(first.field, value, decimals, more),
      }),
    );
  }
  return {
    ms: 1,
    scales,
    axes,
    padding: [8, 8, 0, 4],
    legend: { show: false },
    cursor: {
      drag: { x: true, y: false, setScale: false },
      points: { size: 7 },
      focus: { prox: 30 },
      dataIdx: (plot, seriesIndex, closest) => {
        if (seriesIndex === 0) return closest;
        const value = plot.data[seriesIndex]?.[closest];
        // uPlot asks for an index; null means that nothing is there, which its types leave out.
        return (typeof value === "number" && Number.isFinite(value) ? closest : null) as number;
      },
      ...crosshairSync(context),
    },
    series: [{}, ...aligned.series.map((one, index) => seriesOptions(one, index, live, hidden))],
    hooks: {
      setSelect: [zoomByDrag((chosen) => live.context.onZoom(chosen))],
      drawClear: [(plot) => drawThresholds(plot, live, "area")],
      draw: [(plot) => drawThresholds(plot, live, "line")],
      drawSeries: [(plot, index) => drawPoints(plot, index - 1, live)],
    },
    plugins: [
      tooltipPlugin(
        () => live.aligned,
        () => live.tooltip,
      ),
      annotationPlugin(
        () => live.context.annotations,
        () => live.context,
      ),
    ],
  };
}

/** @param decimals that the distance between ticks asks for, in the unit that values come in */
function tickText({ show, config }: ShownField, value: number, decimals: number, more: number): string {
  if (config.decimals !== undefined) return show(value, { moreDecimals: more }).text;
  let { parts } = show(value, { decimals: decimals + more });
  // In a larger unit than the one it came in (75 s as minutes) it needs digits of its own.
  if (parts.suffix !== show(0).parts.suffix) parts = show(value, more === 0 ? {} : { decimals: 2 + more }).parts;
  return formattedText({ ...parts, text: withoutTrailingZeros(parts.text) });
}

function seriesOptions(one: ChartSeries, index: number, live: Live, hidden: ReadonlySet<string>): uPlot.Series {
  const { style, field } = one;
  const { theme } = live.context;
  const current = (): ChartSeries => live.aligned.series[index] ?? one;
  const isLine = style.draw === "line";
  const isFilled = style.draw !== "points" && style.fill > 0;
  const color = (plot: uPlot): string | CanvasGradient =>
    style.gradient === "scheme" ? schemeGradient(plot, current(), theme) : current().field.color;
  return {
    label: field.shownName,
    scale: scaleKey(one),
    auto: false,
    show: !style.isHidden && !hidden.has(field.shownName),
    width: style.draw === "points" ? 0 : style.lineWidth,
    stroke: color,
    ...(style.dash.length > 0 && isLine ? { dash: style.dash.map((part) => part * devicePixelRatio) } : {}),
    ...(isFilled || style.draw === "bars"
      ? {
          fill: (plot: uPlot) =>
            fillOf(plot, current(), style.draw === "bars" && style.fill === 0 ? 0.01 : style.fill, theme),
        }
      : {}),
    points: { show: false },
    paths: (plot, seriesIndex, from, to) => paths(plot, seriesIndex, from, to, current()),
  };
}

function paths(
  plot: uPlot,
  seriesIndex: number,
  from: number,
  to: number,
  one: ChartSeries,
): uPlot.Series.Paths | null {
  const { style } = one;
  if (style.draw === "points") return null;
  const scale = lineScale(plot, plot.series[seriesIndex]?.scale ?? "y", one);
  const stroke = new Path2D();
  const isShared = one.drawn.times === plot.data[0] || one.below !== undefined;
  const data = { ...one.drawn, below: one.below ?? (isShared ? edgeBelow(plot, one) : undefined) };
  const part = isShared ? { from: Math.max(0, from - 1), to: to + 1 } : { from: 0, to: one.drawn.times.length - 1 };
  if (style.draw === "bars") {
    const step = one.step ?? shortestStep(data.times);
    const width = Math.max(1, Math.abs(scale.x(step) - scale.x(0)) * style.barWidth);
    drawBars(stroke, data, scale, { width, alignment: style.barAlignment, ...part });
    return { stroke, fill: stroke, flags: 0 };
  }
  const area = style.fill > 0 ? new Path2D() : undefined;
  drawLine(stroke, area, data, scale, {
    interpolation: style.interpolation,
    spans: style.spans,
    cutsAfter: style.cutsAfter,
    ...part,
  });
  return { stroke, fill: area ?? null, flags: 0 };
}

/** The other edge of an area between two series. */
function edgeBelow(plot: uPlot, { style }: ChartSeries): ArrayLike<number> | undefined {
  if (style.fillBelowTo === "") return undefined;
  const index = plot.series.findIndex(({ label }) => label === style.fillBelowTo);
  // Data of ours are typed arrays of numbers.
  return index > 0 ? (plot.data[index] as ArrayLike<number> | undefined) : undefined;
}

/** Time and values to pixels of the canvas, worked out once for all points. */
function lineScale(plot: uPlot, key: string, { style }: ChartSeries): LineScale {
  const x = plot.scales["x"];
  const y = plot.scales[key];
  const { left, top, width, height } = plot.bbox;
  const xMin = x?.min ?? 0;
  const perMs = width / ((x?.max ?? 1) - xMin || 1);
  const yMin = y?.min ?? 0;
  const yMax = y?.max ?? 1;
  const toX = (time: number): number => left + (time - xMin) * perMs;
  if (style.axis.log !== undefined) {
    const logMin = Math.log(yMin);
    const perLog = height / (Math.log(yMax) - logMin || 1);
    return {
      x: toX,
      y: (value) => (value > 0 ? top + height - (Math.log(value) - logMin) * perLog : top + height),
      base: top + height,
    };
  }
  const perUnit = height / (yMax - yMin || 1);
  const toY = (value: number): number => top + (yMax - value) * perUnit;
  return { x: toX, y: toY, base: toY(Math.max(yMin, Math.min(yMax, 0))) };
}

function shortestStep(times: ArrayLike<number>): number {
  let least = Number.POSITIVE_INFINITY;
  for (let index = 1; index < times.length; index++)
    least = Math.min(least, (times[index] ?? 0) - (times[index - 1] ?? 0));
  return Number.isFinite(least) ? least : 60_000;
}

function fillOf(plot: uPlot, { field, style }: ChartSeries, opacity: number, theme: Theme): string | CanvasGradient {
  const { color } = field;
  if (style.gradient === "none") return withOpacity(color, opacity);
  if (style.gradient === "scheme") return withOpacity(color, opacity);
  const { top, height } = plot.bbox;
  const gradient = plot.ctx.createLinearGradient(0, top, 0, top + height);
  gradient.addColorStop(0, withOpacity(color, Math.min(1, opacity * (style.gradient === "hue" ? 1 : 1.6))));
  gradient.addColorStop(
    1,
    withOpacity(style.gradient === "hue" ? theme.ground : color, style.gradient === "hue" ? opacity : 0.02),
  );
  return gradient;
}

/** Each height in the colour that its value has. */
function schemeGradient(plot: uPlot, one: ChartSeries, theme: Theme): string | CanvasGradient {
  const { field } = one;
  const scale = plot.scales[scaleKey(one)];
  const min = scale?.min ?? 0;
  const max = scale?.max ?? 1;
  if (!(max > min) || field.config.color?.mode !== "thresholds") return field.color;
  const { top, height } = plot.bbox;
  const gradient = plot.ctx.createLinearGradient(0, top + height, 0, top);
  let below = field.show(min).color;
  gradient.addColorStop(0, below);
  for (const { value, color } of shownSteps(field, theme)) {
    const share = (value - min) / (max - min);
    if (!(share > 0 && share < 1)) continue;
    gradient.addColorStop(share, below);
    gradient.addColorStop(share, color);
    below = color;
  }
  gradient.addColorStop(1, below);
  return gradient;
}

/** Points, if there is room for them or if they were asked for; a point with nothing beside it is always drawn. */
function drawPoints(plot: uPlot, index: number, live: Live): void {
  const one = live.aligned.series[index];
  if (one === undefined || one.style.draw === "bars") return;
  const { style, values } = one;
  const times = plot.data[0];
  const [from = 0, to = times.length - 1] = plot.series[index + 1]?.idxs ?? [];
  const isSparse = (to - from) * style.pointSize * 3 < plot.bbox.width / devicePixelRatio;
  const isAll = style.points === "always" || style.draw === "points" || (style.points === "auto" && isSparse);
  const scale = lineScale(plot, plot.series[index + 1]?.scale ?? "y", one);
  const radius = (Math.max(2, style.pointSize) / 2) * devicePixelRatio;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - radius, bbox.top - radius, bbox.width + 2 * radius, bbox.height + 2 * radius);
  ctx.clip();
  ctx.beginPath();
  for (let at = from; at <= to; at++) {
    const value = values[at] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    if (!isAll && (isLinked(one, at, -1) || isLinked(one, at, 1))) continue;
    const x = scale.x(times[at] ?? 0);
    const y = scale.y(value);
    ctx.moveTo(x + radius, y);
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
  }
  ctx.fillStyle = one.field.color;
  ctx.fill();
  ctx.restore();
}

function isLinked({ values, style }: ChartSeries, at: number, direction: number): boolean {
  if (style.spans > 0) return true;
  return Number.isFinite(values[at + direction] ?? Number.NaN);
}

/** Limits of the first series of each axis that has them. */
function drawThresholds(plot: uPlot, live: Live, kind: "area" | "line"): void {
  const done = new Set<string>();
  const { ctx, bbox } = plot;
  for (const one of live.aligned.series) {
    const key = scaleKey(one);
    const mode: SeriesStyle["thresholds"] = one.style.thresholds;
    if (done.has(key) || !mode.includes(kind) || one.field.config.thresholds === undefined) continue;
    done.add(key);
    const scale = lineScale(plot, key, one);
    const steps = shownSteps(one.field, live.context.theme);
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    for (const [index, { value, color }] of steps.entries()) {
      const bottom = Number.isFinite(value) ? scale.y(value) : bbox.top + bbox.height;
      if (kind === "line") {
        if (!Number.isFinite(value)) continue;
        ctx.strokeStyle = color;
        ctx.lineWidth = 1.5 * devicePixelRatio;
        ctx.setLineDash(one.style.hasDashedThresholds ? [8 * devicePixelRatio, 6 * devicePixelRatio] : []);
        ctx.beginPath();
        ctx.moveTo(bbox.left, bottom);
        ctx.lineTo(bbox.left + bbox.width, bottom);
        ctx.stroke();
      } else {
        const next = steps[index + 1];
        const top = next === undefined ? bbox.top : scale.y(next.value);
        ctx.fillStyle = withOpacity(color, 0.1);
        ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
      }
    }
    ctx.restore();
  }
}
