/** The order of series in results. Source: Prometheus, model/labels (`Compare`). */
import type { Labels } from "@haltwatch/store/labels";

/** Names and values in turn; of two that begin alike the shorter comes first. */
export function compareLabels(a: Labels, b: Labels): number {
  const [left, right] = [[...a].flat(), [...b].flat()];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [x, y] = [left[i] as string, right[i] as string]; // in range
    if (x !== y) return x < y ? -1 : 1;
  }
  return left.length - right.length;
}
