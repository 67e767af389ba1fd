/** Facts about the bot that rarely change: version, commit, strategy. One series, always 1. OpenMetrics 1.0, "Info". */
import { MetricError } from "../errors.ts";
import { GaugeChild } from "./gauge.ts";
import { Instrument, type InstrumentOptions } from "./instrument.ts";
import type { Labels } from "./label-tree.ts";

/** Definition of an {@link Info}; the name ends in `_info`. */
export interface InfoOptions<L extends string> extends Omit<InstrumentOptions<L, Info<L>>, "unit" | "maxSeries"> {}

export class Info<const L extends string> extends Instrument<L, GaugeChild> {
  declare readonly type: "info";

  constructor(options: InfoOptions<L>) {
    super(checkInfoName(options), {
      type: "info",
      suffix: "_info",
      aggregation: "max",
      makeChild: (values, createdMs, host) => new GaugeChild(options.name, host, values, createdMs),
    });
  }

  /** States the facts; what was stated before is gone. */
  set(facts: Labels<L>): void {
    const child = this.tree.findLabels(facts);
    if (!child.isAttached) return; // a mistake, which has been told: what was stated before still holds
    for (const other of this.children) if (other !== child) this.tree.remove(other.labelValues);
    child.set(1);
  }
}

function checkInfoName<L extends string>(options: InfoOptions<L>): InfoOptions<L> {
  if (String(options.name).endsWith("_info")) return options;
  throw new MetricError("BAD_METRIC_NAME", `info "${options.name}" does not end in "_info"`, {
    metric: String(options.name),
    hint: `Name it "${options.name}_info"`,
  });
}
