/** By which labels series of two vectors find each other. Source: Prometheus 3, promql/engine.go (`signatureFunc`). */
import { type Labels, METRIC_NAME } from "@haltwatch/store/labels";
import type { VectorMatching } from "../ast.ts";
import type { Vector, VectorSeries } from "./values.ts";

/** By what series of the two sides find each other. */
export function signatureOf({ on, labels }: VectorMatching): (series: Labels) => string {
  const names = new Set(on ? labels : [...labels, METRIC_NAME]);
  const id = `${on ? "on" : "ignoring"} ${[...names].join()}`;
  return (series) => series.derived(id, (all) => (on ? all.keep(names) : all.drop(names))).key;
}

export function bySignature(vector: Vector, signature: (labels: Labels) => string): Map<string, VectorSeries[]> {
  const groups = new Map<string, VectorSeries[]>();
  for (const series of vector.series) {
    const key = signature(series.labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [series]);
    else group.push(series);
  }
  return groups;
}
