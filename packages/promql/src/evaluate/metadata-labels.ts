/** Labels that say what a metric is, and go when its values change. Source: Prometheus 3, schema/labels.go (`IsMetadataLabel`). */
import { type Labels, METRIC_NAME } from "@haltwatch/store/labels";

const METADATA: ReadonlySet<string> = new Set([METRIC_NAME, "__type__", "__unit__"]);

/** Without the metric's name, type and unit. */
export function dropMetadata(labels: Labels): Labels {
  return labels.derived(METRIC_NAME, (all) => all.drop(METADATA));
}

/** What a function that changes values makes of a series' labels. */
export function withoutName({ delayedNameRemoval }: { readonly delayedNameRemoval: boolean }, labels: Labels): Labels {
  return delayedNameRemoval ? labels : dropMetadata(labels);
}
