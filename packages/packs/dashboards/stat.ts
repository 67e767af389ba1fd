/** One number in large: what it is now. */
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
  VizOrientation,
} from "@grafana/grafana-foundation-sdk/common";
import type { ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { NEUTRAL } from "./colours.ts";
import { dressed, type MakePanel, type PanelOptions, steps } from "./panel.ts";
import type { Query } from "./queries.ts";

export interface StatOptions extends PanelOptions {
  readonly queries: readonly Query[];
  /** Colours of the number. */
  readonly colours?: ReturnType<typeof steps>;
  /** Of single series, by their legend. */
  readonly coloursOf?: Readonly<Record<string, ReturnType<typeof steps>>>;
  /** Colours the whole panel, for what must be seen from afar. */
  readonly isFilled?: true;
  readonly mappings?: ValueMapping[];
}

/** Asked for now, never for the last value of the range: what is gone must not look as if it were there. */
export function stat(options: StatOptions): MakePanel {
  const { queries, colours = steps([null, NEUTRAL]), coloursOf = {}, isFilled, mappings = [] } = options;
  return (context) => {
    const panel = dressed(new PanelBuilder(), context, { width: 4, height: 4, ...options }, queries, "instant")
      .thresholds(colours)
      .mappings(mappings)
      .colorMode(isFilled ? BigValueColorMode.Background : BigValueColorMode.Value)
      .graphMode(BigValueGraphMode.None)
      .textMode(queries.some(([, legend]) => legend !== "") ? BigValueTextMode.Auto : BigValueTextMode.Value)
      .orientation(VizOrientation.Auto)
      .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false));
    for (const [name, own] of Object.entries(coloursOf))
      panel.overrideByName(name, [{ id: "thresholds", value: own.build() }]);
    return panel;
  };
}
