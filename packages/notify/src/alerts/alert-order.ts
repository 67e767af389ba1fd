/** The order in which alerts are listed. Source: Alertmanager, types/types.go (AlertSlice); prometheus/common, model/labelset.go. */
import type { Labels } from "@haltwatch/store/labels";

const FIRST_LABELS = ["job", "instance"];

/** By job, instance, the number of labels, then label by label. */
export function byLabels(
  { labels: a }: { readonly labels: Labels },
  { labels: b }: { readonly labels: Labels },
): number {
  for (const name of FIRST_LABELS) {
    const [inA, inB] = [a.get(name), b.get(name)];
    if (inA === inB) continue;
    if (inA === "" || inB === "") return inA === "" ? 1 : -1;
    return inA < inB ? -1 : 1;
  }
  return a.size - b.size || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}
