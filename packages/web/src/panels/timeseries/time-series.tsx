/** Lines, bars and points over time. */
import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { Plot } from "../../charts/plot.tsx";
import { useSize } from "../../charts/use-size.ts";
import { at, flagOf, wordOf } from "../../dashboard/json.ts";
import { Legend, legendOptions } from "../legend.tsx";
import type { PanelBodyProps } from "../panel-body.ts";
import { summaryOf } from "../summary.ts";
import { alignedSeries } from "./aligned.ts";
import { type Live, plotOptions, structureOf } from "./plot-options.ts";
import type { TooltipOptions } from "./tooltip.ts";

const NONE: ReadonlySet<string> = new Set();

export function TimeSeries({ panel, frames, range, context }: PanelBodyProps): JSX.Element {
  const [place, size] = useSize<HTMLDivElement>();
  const [hidden, setHidden] = useState(NONE);
  const aligned = useMemo(() => alignedSeries(frames), [frames]);
  const tooltip = panel.options["tooltip"];
  const tooltipOptions: TooltipOptions = {
    mode: wordOf(at(tooltip, "mode"), ["single", "multi", "none"], "single"),
    sort: wordOf(at(tooltip, "sort"), ["none", "asc", "desc"], "none"),
    hidesZeros: flagOf(at(tooltip, "hideZeros")),
    timeZone: context.timeZone,
    isShared: context.crosshair === "tooltip",
  };
  const live = useRef<Live>({ aligned, range, context, tooltip: tooltipOptions });
  live.current.aligned = aligned;
  live.current.range = range;
  live.current.context = context;
  live.current.tooltip = tooltipOptions;
  // uPlot's types know arrays with null; ours hold NaN there, and paths of our own that know it.
  const data = useMemo(
    () => [aligned.times, ...aligned.series.map(({ values }) => values)] as unknown as uPlot.AlignedData,
    [aligned],
  );
  const fields = aligned.series.filter(({ style }) => !style.isHidden && style.isInLegend).map(({ field }) => field);
  const legend = legendOptions(panel.options);
  const structure = useMemo(() => structureOf(aligned, context, hidden), [aligned, context, hidden]);

  const toggle = (name: string, adds: boolean): void => {
    setHidden((before) => {
      if (adds)
        return before.has(name) ? new Set([...before].filter((one) => one !== name)) : new Set([...before, name]);
      const others = fields.map(({ shownName }) => shownName).filter((one) => one !== name);
      const isAlone = !before.has(name) && others.every((one) => before.has(one));
      return isAlone ? NONE : new Set(others);
    });
  };

  return (
    <div class={legend.isRight ? "hw-panel-chart hw-panel-chart-right" : "hw-panel-chart"}>
      <div class="hw-panel-canvas" ref={place}>
        <Plot
          size={size}
          structure={structure}
          make={() => plotOptions(live.current, hidden)}
          data={data}
          range={range}
          summary={summaryOf(panel.title, fields)}
          decoration={context.annotations}
        />
      </div>
      <Legend fields={fields} options={legend} hidden={hidden} onToggle={toggle} />
    </div>
  );
}
