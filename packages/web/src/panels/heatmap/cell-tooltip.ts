/** How many values the cell under the pointer holds. */
import type uPlot from "uplot";
import { pointerTooltip } from "../../charts/pointer-tooltip.ts";
import { systemTime } from "../../format/date-time.ts";
import { formatValue } from "../../format/value-format.ts";
import type { HeatmapLive } from "./heatmap.tsx";

export function cellTooltipPlugin(live: HeatmapLive): uPlot.Plugin {
  return pointerTooltip((plot, { offsetX, offsetY }) => {
    const { times, step, buckets } = live.cells;
    const { timeZone } = live.context;
    const index = times.findIndex((time) => time >= plot.posToVal(offsetX, "x"));
    const line = Math.floor((offsetY / plot.over.clientHeight) * buckets.length);
    const bucket = buckets[live.isReversed ? line : buckets.length - 1 - line];
    const time = times[index];
    if (bucket === undefined || time === undefined) return undefined;
    const count = formatValue(bucket.counts[index] ?? 0, "short");
    return `${systemTime(time - step, timeZone)} to ${systemTime(time, timeZone)}\nup to ${bucket.name}: ${count}`;
  });
}
