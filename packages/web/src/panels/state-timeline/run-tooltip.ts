/** Which state a line is in where the pointer is. */
import type uPlot from "uplot";
import { pointerTooltip } from "../../charts/pointer-tooltip.ts";
import { systemTime, type TimeZone } from "../../format/date-time.ts";
import { inWords } from "../../format/duration.ts";
import type { TimelineRow } from "./state-timeline.tsx";

export function runTooltipPlugin(rows: () => readonly TimelineRow[], timeZone: () => TimeZone): uPlot.Plugin {
  return pointerTooltip((plot, { offsetX, offsetY }) => {
    const time = plot.posToVal(offsetX, "x");
    const all = rows();
    const row = all[Math.floor((offsetY / plot.over.clientHeight) * all.length)];
    const run = row?.runs.findLast(({ from, to }) => from <= time && time <= to);
    if (row === undefined || run === undefined) return undefined;
    const { text: length } = inWords(run.to - run.from, 1, 1);
    return `${row.field.shownName}: ${run.text}\n${systemTime(run.from, timeZone())} to ${systemTime(run.to, timeZone())} (${length})`;
  });
}
