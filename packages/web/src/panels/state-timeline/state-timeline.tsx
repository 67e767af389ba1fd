/** States over time, a line each: spans that change when the state does, or a box for each sample. */
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { annotationPlugin } from "../../charts/annotation-marks.ts";
import { timeAxis } from "../../charts/axes.ts";
import { crosshairSync, zoomByDrag } from "../../charts/over-time.ts";
import { Plot } from "../../charts/plot.tsx";
import { textWidth } from "../../charts/text-width.ts";
import { useSize } from "../../charts/use-size.ts";
import { numberOf } from "../../dashboard/json.ts";
import { parseColor, type Theme, textOn, withOpacity } from "../../format/color.ts";
import type { ShownField } from "../../format/shown-field.ts";
import type { PanelBodyProps, PanelContext } from "../panel-body.ts";
import { runTooltipPlugin } from "./run-tooltip.ts";
import { type Run, runsOf } from "./runs-of.ts";

export interface TimelineRow {
  readonly field: ShownField;
  readonly runs: readonly Run[];
}

interface Live {
  rows: readonly TimelineRow[];
  range: { readonly from: number; readonly to: number };
  context: PanelContext;
  /** Of its line's height. */
  share: number;
  gap: number;
  opacity: number;
  showsTexts: boolean;
}

const MAX_ROWS = 200;
/** Of the plot's width. */
const MAX_NAMES_SHARE = 0.45;
/** CSS pixels beside names. */
const NAMES_GAP = 14;
/** CSS pixels. Of lower rows only some are named. */
const NAME_HEIGHT = 13;

export function StateTimeline({ panel, frames, range, context }: PanelBodyProps): JSX.Element {
  const [place, size] = useSize<HTMLDivElement>();
  const { options, kind, title } = panel;
  const joins = kind === "state-timeline" && options["mergeValues"] !== false;
  const rows = useMemo(
    () =>
      frames
        .flatMap((frame): TimelineRow[] => {
          const time = frame.fields.find(({ type }) => type === "time");
          if (time === undefined) return [];
          const times = time.values as ArrayLike<number>;
          const step = frame.step ?? shortest(times);
          return frame.fields
            .filter(({ type }) => type !== "time")
            .map((field) => ({ field, runs: runsOf(field, times, { joins, step, end: range.to }) }));
        })
        .slice(0, MAX_ROWS),
    [frames, joins, range.to],
  );
  const fill = numberOf(panel.fieldDefaults.custom["fillOpacity"]) ?? 70;
  const next: Live = {
    rows,
    range,
    context,
    share: Math.max(0.1, Math.min(1, numberOf(options["rowHeight"]) ?? 0.9)),
    gap: kind === "status-history" ? 1 : 0,
    opacity: Math.max(0.1, Math.min(1, fill / 100)),
    showsTexts: kind === "state-timeline" && options["showValue"] !== "never",
  };
  const live = useRef(next);
  Object.assign(live.current, next);
  const times = useMemo(() => timesOf(rows, range), [rows, range]);
  const structure = JSON.stringify([
    rows.map(({ field }) => field.shownName),
    context.theme,
    context.timeZone,
    context.crosshair,
  ]);
  // Only the times matter to uPlot here: rows are drawn by hand.
  const data = useMemo(() => [times] as unknown as uPlot.AlignedData, [times]);
  return (
    <div class="hw-panel-chart">
      <div class="hw-panel-canvas" ref={place}>
        <Plot
          size={size}
          structure={structure}
          make={() => timelineOptions(live.current)}
          data={data}
          range={range}
          summary={timelineSummary(title, rows)}
          decoration={rows}
        />
      </div>
    </div>
  );
}

function shortest(times: ArrayLike<number>): number {
  let least = 60_000;
  for (let index = 1; index < times.length; index++)
    least = Math.min(least, (times[index] ?? 0) - (times[index - 1] ?? 0));
  return Math.max(1, least);
}

function timesOf(rows: readonly TimelineRow[], { from, to }: Live["range"]): Float64Array {
  const times = new Set<number>([from, to]);
  for (const { runs } of rows) for (const run of runs) times.add(run.from);
  return Float64Array.from(times).sort();
}

function timelineSummary(title: string, rows: readonly TimelineRow[]): string {
  const said = rows.slice(0, 8).map(({ field, runs }) => `${field.shownName} ${runs.at(-1)?.text ?? "unknown"}`);
  return `${title === "" ? "States" : title}: ${said.join("; ") || "no data"}${rows.length > 8 ? `; and ${rows.length - 8} more` : ""}`;
}

function timelineOptions(live: Live): Omit<uPlot.Options, "width" | "height"> {
  const { theme, timeZone } = live.context;
  return {
    ms: 1,
    scales: {
      x: { time: false, auto: false, range: () => [live.range.from, live.range.to] },
      y: { range: () => [0, 1] },
    },
    axes: [
      timeAxis(theme, timeZone),
      {
        scale: "y",
        stroke: theme.mutedText,
        font: theme.font,
        gap: 6,
        grid: { show: false },
        ticks: { show: false },
        splits: () => live.rows.map((_, index) => 1 - (index + 0.5) / live.rows.length),
        values: (plot) => {
          const room = plot.width * MAX_NAMES_SHARE - NAMES_GAP;
          const rowHeight = plot.bbox.height / devicePixelRatio / Math.max(1, live.rows.length);
          const each = Math.ceil(NAME_HEIGHT / Math.max(1, rowHeight));
          return live.rows.map(({ field }, index) =>
            index % each === 0 ? cutTo(field.shownName, room, theme.font) : "",
          );
        },
        size: (plot) => {
          const widest = Math.max(20, ...live.rows.map(({ field }) => textWidth(field.shownName, theme.font)));
          return Math.min(plot.width * MAX_NAMES_SHARE, Math.ceil(widest) + NAMES_GAP);
        },
      },
    ],
    padding: [6, 8, 0, 4],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false },
      points: { show: false },
      ...crosshairSync(live.context),
    },
    series: [{}],
    hooks: {
      setSelect: [zoomByDrag((chosen) => live.context.onZoom(chosen))],
      draw: [(plot) => drawRows(plot, live)],
    },
    plugins: [
      runTooltipPlugin(
        () => live.rows,
        () => live.context.timeZone,
      ),
      annotationPlugin(
        () => live.context.annotations,
        () => live.context,
      ),
    ],
  };
}

/** The text's beginning that has room, in CSS pixels. */
function cutTo(text: string, room: number, font: string): string {
  const width = textWidth(text, font);
  if (width <= room) return text;
  let kept = Math.floor((text.length * room) / width);
  while (kept > 1 && textWidth(`${text.slice(0, kept)}…`, font) > room) kept--;
  return `${text.slice(0, kept)}…`;
}

function drawRows({ ctx, bbox, valToPos }: uPlot, live: Live): void {
  const { theme } = live.context;
  const height = bbox.height / Math.max(1, live.rows.length);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = theme.font.replace("12px", `${12 * devicePixelRatio}px`);
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  for (const [index, { runs }] of live.rows.entries()) {
    const top = bbox.top + index * height + (height * (1 - live.share)) / 2;
    for (const { from, to, text, color } of runs) {
      const left = Math.max(bbox.left, valToPos(from, "x", true));
      const right = Math.min(bbox.left + bbox.width, valToPos(to, "x", true));
      if (right <= left) continue;
      const width = Math.max(1, right - left - live.gap * devicePixelRatio);
      ctx.fillStyle = withOpacity(color, live.opacity);
      ctx.fillRect(left, top, width, height * live.share);
      if (live.showsTexts)
        drawText(
          ctx,
          text,
          { left, width, middle: top + (height * live.share) / 2, height: height * live.share },
          color,
          live.opacity,
          theme,
        );
    }
  }
  ctx.restore();
}

function drawText(
  ctx: CanvasRenderingContext2D,
  text: string,
  { left, width, middle, height }: { left: number; width: number; middle: number; height: number },
  color: string,
  opacity: number,
  theme: Theme,
): void {
  if (text === "" || height < 12 * devicePixelRatio) return;
  const { width: needed } = ctx.measureText(text);
  if (needed > width - 8) return;
  ctx.fillStyle = parseColor(color) === undefined ? theme.text : textOn(withOpacity(color, opacity), theme.ground);
  ctx.fillText(text, left + 4 * devicePixelRatio, middle);
}
