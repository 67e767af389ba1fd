/** Panels that many dashboards do without: a chunk of its own, loaded when one of them is first drawn. */
import type { ComponentType } from "preact";
import type { PanelKind } from "../dashboard/model.ts";
import { AlertList } from "./alertlist/alert-list.tsx";
import { BarChart } from "./barchart/bar-chart.tsx";
import { BarGauge } from "./bargauge/bar-gauge.tsx";
import { Gauge } from "./gauge/gauge.tsx";
import { Heatmap } from "./heatmap/heatmap.tsx";
import { Histogram } from "./histogram/histogram.tsx";
import { Logs } from "./logs/logs.tsx";
import type { PanelBodyProps } from "./panel-body.ts";
import { PieChart } from "./piechart/pie-chart.tsx";
import { StateTimeline } from "./state-timeline/state-timeline.tsx";

export type MoreKind = Exclude<PanelKind, "row" | "missing" | "unknown" | "timeseries" | "stat" | "table" | "text">;

export const MORE_PANELS: Readonly<Record<MoreKind, ComponentType<PanelBodyProps>>> = {
  alertlist: AlertList,
  barchart: BarChart,
  bargauge: BarGauge,
  gauge: Gauge,
  heatmap: Heatmap,
  histogram: Histogram,
  logs: Logs,
  piechart: PieChart,
  "state-timeline": StateTimeline,
  "status-history": StateTimeline,
};
