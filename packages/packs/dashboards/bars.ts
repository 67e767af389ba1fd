/** Bars side by side: how far each thing has come to its limit. */

import { PanelBuilder } from "@grafana/grafana-foundation-sdk/bargauge";
import {
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  ReduceDataOptionsBuilder,
  VizOrientation,
} from "@grafana/grafana-foundation-sdk/common";
import { CRITICAL, OK, WARNING } from "./colours.ts";
import { dressed, type MakePanel, type PanelOptions, steps } from "./panel.ts";
import type { Query } from "./queries.ts";

/** From here on it is worth a look, as a share of the limit. */
const NEAR = 0.8;

export type LimitBarsOptions = Partial<PanelOptions> & { readonly queries: readonly Query[] };

/** @param options queries made by `towards`, `downTo` and `fromOneTo` */
export function limitBars(options: LimitBarsOptions): MakePanel {
  const asked = {
    title: "How near to the limits",
    description:
      "Each value as a share of its limit, by bot: at 100 % its alert fires. The limits are those in force now. Worry from 80 % on.",
    unit: "percentunit",
    decimals: 0,
    noValue: "nothing to compare",
    ...options,
  };
  return (context) =>
    dressed(new PanelBuilder(), context, asked, options.queries, "instant")
      .min(0)
      .max(1)
      .thresholds(steps([null, OK], [NEAR, WARNING], [1, CRITICAL]))
      .displayMode(BarGaugeDisplayMode.Basic)
      .orientation(VizOrientation.Horizontal)
      .namePlacement(BarGaugeNamePlacement.Left)
      .showUnfilled(true)
      .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false));
}
