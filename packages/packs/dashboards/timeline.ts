/** States over time, a line for each thing that has one. */
import {
  LegendDisplayMode,
  LegendPlacement,
  VisibilityMode,
  VizLegendOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import type { ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/statetimeline";
import { dressed, type MakePanel, type PanelOptions, UNMAPPED } from "./panel.ts";
import type { Query } from "./queries.ts";

export interface TimelineOptions extends Omit<PanelOptions, "unit"> {
  readonly queries: readonly Query[];
  /** What each value means. */
  readonly mappings: ValueMapping[];
}

export function timeline(options: TimelineOptions): MakePanel {
  const { queries, mappings } = options;
  return (context) =>
    dressed(new PanelBuilder(), context, { ...options, unit: "none" }, queries, "range")
      .mappings(mappings)
      .thresholds(UNMAPPED)
      .mergeValues(true)
      .showValue(VisibilityMode.Never)
      .rowHeight(0.8)
      .fillOpacity(80)
      .lineWidth(0)
      .legend(
        new VizLegendOptionsBuilder()
          .displayMode(LegendDisplayMode.List)
          .placement(LegendPlacement.Bottom)
          .showLegend(true)
          .calcs([]),
      );
}
