/**
 * `fill(…)` between vectors: where one side has nothing for a match group, a series with the given value stands in. The operator
 * then goes on as without it. Source: Prometheus 3.15, promql/engine.go (`VectorBinop`).
 */
import { type Labels, METRIC_NAME } from "@haltwatch/store/labels";
import type { FillValues, VectorMatching } from "../ast.ts";
import { emptySeries, isAnywherePresent, type Vector, type VectorSeries } from "./values.ts";

/** Both sides with what they lack. As upstream has it, with `group_right` the fill of the left stands in on the right. */
export function filledSides(
  matching: VectorMatching,
  fill: FillValues,
  left: Vector,
  right: Vector,
): readonly [left: Vector, right: Vector] {
  const [onLeft, onRight] = matching.cardinality === "one-to-many" ? [fill.right, fill.left] : [fill.left, fill.right];
  const groupOf = groupLabels(matching);
  return [
    onLeft === undefined ? left : filled(left, right, groupOf, onLeft),
    onRight === undefined ? right : filled(right, left, groupOf, onRight),
  ];
}

/** The labels by which series match. */
function groupLabels({ on, labels }: VectorMatching): (series: Labels) => Labels {
  if (on) {
    const kept = new Set(labels);
    return (series) => series.keep(kept);
  }
  const dropped = new Set([...labels, METRIC_NAME]);
  return (series) => series.drop(dropped);
}

/** The vector and, for each group of the other that it lacks at some step, a series with the value there. */
function filled(vector: Vector, other: Vector, groupOf: (labels: Labels) => Labels, value: number): Vector {
  const own = new Map<string, VectorSeries[]>();
  for (const series of vector.series) {
    const { key } = groupOf(series.labels);
    const group = own.get(key);
    if (group === undefined) own.set(key, [series]);
    else group.push(series);
  }
  const added = new Map<string, VectorSeries>();
  for (const series of other.series) {
    const labels = groupOf(series.labels);
    let standIn = added.get(labels.key);
    if (standIn === undefined) {
      standIn = emptySeries(labels, false, series.present.length);
      standIn.values.fill(value);
      added.set(labels.key, standIn);
    }
    const group = own.get(labels.key) ?? [];
    for (let step = 0; step < series.present.length; step++) {
      if (series.present[step] === 1 && !group.some(({ present }) => present[step] === 1)) standIn.present[step] = 1;
    }
  }
  return { type: "vector", series: [...vector.series, ...[...added.values()].filter(isAnywherePresent)] };
}
