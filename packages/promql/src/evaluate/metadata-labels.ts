/** Labels that say what a metric is, and go when its values change. Source: Prometheus 3, schema/labels.go (`IsMetadataLabel`). */
import { type Labels, METRIC_NAME } from "@haltwatch/store/labels";

const TYPE_LABEL = "__type__";
const UNIT_LABEL = "__unit__";
const METADATA: ReadonlySet<string> = new Set([METRIC_NAME, TYPE_LABEL, UNIT_LABEL]);

/** Without the metric's name, type and unit. */
export function dropMetadata(labels: Labels): Labels {
  return labels.has(TYPE_LABEL) || labels.has(UNIT_LABEL) ? labels.drop(METADATA) : labels.dropName();
}
