/** Which state a line is in where the pointer is. */
import type uPlot from "uplot";
import { systemTime, type TimeZone } from "../../format/date-time.ts";
import { inWords } from "../../format/duration.ts";
import type { TimelineRow } from "./state-timeline.tsx";

export function runTooltipPlugin(rows: () => readonly TimelineRow[], timeZone: () => TimeZone): uPlot.Plugin {
  const box = document.createElement("div");
  box.className = "hw-chart-tooltip";
  box.hidden = true;
  return {
    hooks: {
      ready: (plot) => {
        document.body.append(box);
        const hide = (): void => {
          box.hidden = true;
        };
        plot.over.addEventListener("mouseleave", hide);
        plot.over.addEventListener("mousemove", (event) => {
          const time = plot.posToVal(event.offsetX, "x");
          const all = rows();
          const row = all[Math.floor((event.offsetY / plot.over.clientHeight) * all.length)];
          const run = row?.runs.findLast(({ from, to }) => from <= time && time <= to);
          if (row === undefined || run === undefined) {
            hide();
            return;
          }
          box.textContent = `${row.field.shownName}: ${run.text}\n${systemTime(run.from, timeZone())} to ${systemTime(run.to, timeZone())} (${inWords(run.to - run.from, 1, 1).text})`;
          box.style.whiteSpace = "pre-line";
          box.hidden = false;
          box.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - box.offsetWidth - 4))}px`;
          box.style.top = `${Math.max(4, Math.min(event.clientY + 10, innerHeight - box.offsetHeight - 4))}px`;
        });
      },
      destroy: () => box.remove(),
    },
  };
}
