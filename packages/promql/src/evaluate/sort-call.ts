/** `sort` and its kin. Source: Prometheus 3, promql/functions.go. */
import { compareLabels } from "./compare-labels.ts";
import type { Vector } from "./values.ts";

/** For an instant query; series without a value at the first step, and NaN, come last. */
export function sorted(vector: Vector, sign: number): Vector {
  const series = [...vector.series].sort((a, b) => {
    const [x, y] = [a.values[0] as number, b.values[0] as number];
    if (Number.isNaN(x)) return Number.isNaN(y) ? 0 : 1;
    if (Number.isNaN(y)) return -1;
    return sign * (x - y);
  });
  return { type: "vector", series };
}

/** Text with numbers in it as people order it: `cpu2` before `cpu10`. */
const NATURAL = new Intl.Collator("en", { numeric: true, caseFirst: "upper" });

/** By these labels, and then by all. */
export function sortedByLabel(vector: Vector, names: readonly string[], sign: number): Vector {
  const series = [...vector.series].sort((a, b) => {
    for (const name of names) {
      const order = naturalOrder(a.labels.get(name), b.labels.get(name));
      if (order !== 0) return sign * order;
    }
    return sign * compareLabels(a.labels, b.labels);
  });
  return { type: "vector", series };
}

function naturalOrder(a: string, b: string): number {
  return a === b ? 0 : NATURAL.compare(a, b) || (a < b ? -1 : 1);
}
