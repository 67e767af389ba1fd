/** How values spread over time: a colour for how many there are of each size. */
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { annotationPlugin } from "../../charts/annotation-marks.ts";
import { timeAxis } from "../../charts/axes.ts";
import { crosshairSync, zoomByDrag } from "../../charts/over-time.ts";
import { Plot } from "../../charts/plot.tsx";
import { useSize } from "../../charts/use-size.ts";
import { at, flagOf, numberOf, textOf } from "../../dashboard/json.ts";
import { colorOf, schemeColors, withOpacity } from "../../format/color.ts";
import { formatValue } from "../../format/value-format.ts";
import type { PanelBodyProps, PanelContext } from "../panel-body.ts";
import { cellTooltipPlugin } from "./cell-tooltip.ts";
import { cellsOf, type HeatCells } from "./cells-of.ts";

export interface HeatmapLive {
  cells: HeatCells;
  range: { readonly from: number; readonly to: number };
  context: PanelContext;
  colors: readonly string[];
  /** 1: by the count itself, less: small counts are told apart better. */
  exponent: number;
  gap: number;
  isReversed: boolean;
  unit: string;
}

export function Heatmap({ panel, frames, range, context }: PanelBodyProps): JSX.Element {
  const [place, size] = useSize<HTMLDivElement>();
  const { options, title } = panel;
  const cells = useMemo(() => cellsOf(frames, flagOf(options["calculate"])), [frames, options]);
  const color = options["color"];
  const count = Math.max(2, Math.min(128, numberOf(at(color, "steps")) ?? 64));
  const isOpacity = at(color, "mode") === "opacity";
  const fill = colorOf(textOf(at(color, "fill"), 100) ?? "dark-orange", context.theme);
  const next: HeatmapLive = {
    cells: cells ?? { times: new Float64Array(0), step: 1, buckets: [], most: 0, least: 0 },
    range,
    context,
    colors: isOpacity
      ? Array.from({ length: count }, (_, index) => withOpacity(fill, (index + 1) / count))
      : schemeColors(textOf(at(color, "scheme"), 50) ?? "Oranges", count, {
          isReversed: flagOf(at(color, "reverse")),
          theme: context.theme,
        }),
    exponent: at(color, "scale") === "linear" ? 1 : Math.max(0.1, Math.min(2, numberOf(at(color, "exponent")) ?? 0.5)),
    gap: Math.max(0, Math.min(10, numberOf(options["cellGap"]) ?? 1)),
    isReversed: flagOf(at(options["yAxis"], "reverse")),
    unit: textOf(at(options["yAxis"], "unit"), 100) ?? panel.fieldDefaults.unit,
  };
  const live = useRef(next);
  Object.assign(live.current, next);
  const data = useMemo(() => [next.cells.times] as unknown as uPlot.AlignedData, [next.cells.times]);
  const names = next.cells.buckets.map(({ name }) => name);
  if (cells === undefined || cells.buckets.length === 0) return <p class="hw-panel-note">No data</p>;
  const summary = `${title === "" ? "Heatmap" : title}: ${names.length} buckets from ${names[0] ?? ""} to ${names.at(-1) ?? ""}; the most in one is ${formatValue(cells.most, "short")}`;
  return (
    <div class="hw-panel-chart">
      <div class="hw-panel-canvas" ref={place}>
        <Plot
          size={size}
          structure={JSON.stringify([
            names,
            context.theme,
            context.timeZone,
            context.crosshair,
            next.isReversed,
            next.unit,
          ])}
          make={() => heatmapOptions(live.current)}
          data={data}
          range={range}
          summary={summary}
          decoration={cells}
        />
      </div>
    </div>
  );
}

function heatmapOptions(live: HeatmapLive): Omit<uPlot.Options, "width" | "height"> {
  const { theme, timeZone } = live.context;
  const bound = (index: number): string => {
    const name = live.cells.buckets[live.isReversed ? live.cells.buckets.length - 1 - index : index]?.name ?? "";
    const number = Number(name);
    return name === "" || Number.isNaN(number) ? name : formatValue(number, live.unit === "" ? undefined : live.unit);
  };
  return {
    ms: 1,
    scales: {
      x: { time: false, auto: false, range: () => [live.range.from, live.range.to] },
      y: { range: () => [0, live.cells.buckets.length] },
    },
    axes: [
      timeAxis(theme, timeZone),
      {
        scale: "y",
        stroke: theme.mutedText,
        font: theme.font,
        gap: 6,
        size: 62,
        grid: { show: false },
        ticks: { show: false },
        splits: (plot) => {
          const count = live.cells.buckets.length;
          const skip = Math.max(1, Math.ceil((count * 18) / Math.max(1, plot.bbox.height / devicePixelRatio)));
          return Array.from({ length: Math.ceil(count / skip) }, (_, index) => index * skip + 1);
        },
        values: (_plot, splits) => splits.map((split) => bound(split - 1)),
      },
    ],
    padding: [10, 8, 0, 4],
    legend: { show: false },
    cursor: {
      drag: { x: true, y: false, setScale: false },
      points: { show: false },
      ...crosshairSync(live.context),
    },
    series: [{}],
    hooks: {
      setSelect: [zoomByDrag((chosen) => live.context.onZoom(chosen))],
      draw: [(plot) => drawCells(plot, live)],
    },
    plugins: [
      cellTooltipPlugin(live),
      annotationPlugin(
        () => live.context.annotations,
        () => live.context,
      ),
    ],
  };
}

/** Cells of one colour in one path: a thousand times two hundred of them are drawn in a few calls. */
function drawCells({ ctx, bbox, valToPos }: uPlot, live: HeatmapLive): void {
  const { cells, colors, exponent, isReversed } = live;
  const { times, step, buckets, most } = cells;
  if (most <= 0) return;
  const paths = new Map<number, Path2D>();
  const height = bbox.height / buckets.length;
  const gap = Math.min(live.gap * devicePixelRatio, height / 4);
  const width = Math.max(1, valToPos(step, "x", true) - valToPos(0, "x", true));
  for (const [bucket, { counts }] of buckets.entries()) {
    const line = isReversed ? bucket : buckets.length - 1 - bucket;
    const top = bbox.top + line * height;
    for (let index = 0; index < times.length; index++) {
      const count = counts[index] ?? 0;
      if (!(count > 0)) continue;
      const right = valToPos(times[index] ?? 0, "x", true);
      if (right < bbox.left || right - width > bbox.left + bbox.width) continue;
      const shade = Math.min(colors.length - 1, Math.floor((count / most) ** exponent * colors.length));
      let path = paths.get(shade);
      if (path === undefined) {
        path = new Path2D();
        paths.set(shade, path);
      }
      // A sample tells of the step before it.
      path.rect(right - width, top, Math.max(1, width - Math.min(gap, width / 4)), Math.max(1, height - gap));
    }
  }
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const [shade, path] of paths) {
    ctx.fillStyle = colors[shade] ?? "";
    ctx.fill(path);
  }
  ctx.restore();
}
