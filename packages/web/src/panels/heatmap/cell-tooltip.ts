/** How many values the cell under the pointer holds. */
import type uPlot from "uplot";
import { systemTime } from "../../format/date-time.ts";
import { formatValue } from "../../format/value-format.ts";
import type { HeatmapLive } from "./heatmap.tsx";

export function cellTooltipPlugin(live: HeatmapLive): uPlot.Plugin {
  const box = document.createElement("div");
  box.className = "hw-chart-tooltip";
  box.hidden = true;
  return {
    hooks: {
      ready: (plot) => {
        document.body.append(box);
        plot.over.addEventListener("mouseleave", () => {
          box.hidden = true;
        });
        plot.over.addEventListener("mousemove", ({ offsetX, offsetY, clientX, clientY }) => {
          const { times, step, buckets } = live.cells;
          const index = times.findIndex((time) => time >= plot.posToVal(offsetX, "x"));
          const line = Math.floor((offsetY / plot.over.clientHeight) * buckets.length);
          const bucket = buckets[live.isReversed ? line : buckets.length - 1 - line];
          const time = times[index];
          if (bucket === undefined || time === undefined) {
            box.hidden = true;
            return;
          }
          box.style.whiteSpace = "pre-line";
          box.textContent = `${systemTime(time - step, live.context.timeZone)} to ${systemTime(time, live.context.timeZone)}\nup to ${bucket.name}: ${formatValue(bucket.counts[index] ?? 0, "short")}`;
          box.hidden = false;
          box.style.left = `${Math.max(4, Math.min(clientX + 14, innerWidth - box.offsetWidth - 4))}px`;
          box.style.top = `${Math.max(4, Math.min(clientY + 10, innerHeight - box.offsetHeight - 4))}px`;
        });
      },
      destroy: () => box.remove(),
    },
  };
}
