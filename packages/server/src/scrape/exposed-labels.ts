/** A series' labels from what the target exposes and what it is itself. Source: Prometheus 3, scrape/scrape.go (`mutateSampleLabels`). */
import { Labels, METRIC_NAME } from "@haltwatch/store";
import type { Relabelling } from "./relabel.ts";
import { ScrapeError } from "./scrape-error.ts";
import type { ScrapeJob } from "./scrape-job.ts";

const EXPORTED_PREFIX = "exported_";

/**
 * The labels under which an exposed series is kept.
 *
 * @param honorsLabels where both have a label, the exposed one wins; else it is renamed to `exported_…`
 * @returns `undefined` if relabelling drops it
 */
export function keptLabels(
  exposed: Labels,
  targetLabels: Labels,
  honorsLabels: boolean,
  relabelling: Relabelling,
): Labels | undefined {
  if (relabelling.isEmpty && ![...targetLabels].some(([name]) => exposed.has(name))) {
    return Labels.from([...exposed, ...targetLabels]);
  }
  const labels = new Map(exposed);
  if (honorsLabels) {
    for (const [name, value] of targetLabels) if (!labels.has(name)) labels.set(name, value);
  } else {
    const conflicts: (readonly [name: string, value: string])[] = [];
    for (const [name, value] of targetLabels) {
      const own = exposed.get(name);
      if (own !== "") conflicts.push([name, own]);
      labels.set(name, value);
    }
    // The shortest first: `exported_job` may be there, too, and is to be `exported_exported_job` then.
    for (const [name, value] of conflicts.sort(([a], [b]) => a.length - b.length)) {
      let renamed = `${EXPORTED_PREFIX}${name}`;
      while (labels.has(renamed)) renamed = `${EXPORTED_PREFIX}${renamed}`;
      labels.set(renamed, value);
    }
  }
  if (!relabelling.applyTo(labels)) return undefined;
  return labels.size === 0 ? undefined : Labels.from(labels);
}

/** @throws {ScrapeError} `BAD_LABELS` for a series without a name, or over the job's limits, in bytes */
export function checkLabels(labels: Labels, job: ScrapeJob): void {
  const metric = labels.get(METRIC_NAME);
  if (metric === "") {
    const fault = `metric_relabel_configs leave ${labels} without a metric name`;
    throw new ScrapeError("BAD_LABELS", fault, "Let them keep __name__, or drop the whole series");
  }
  const { label_limit, label_name_length_limit, label_value_length_limit } = job;
  if (label_limit > 0 && labels.size > label_limit) throw overLimit(metric, "label_limit", labels.size, label_limit);
  if (label_name_length_limit === 0 && label_value_length_limit === 0) return;
  for (const [name, value] of labels) {
    checkLength(metric, "label_name_length_limit", name, label_name_length_limit);
    checkLength(metric, "label_value_length_limit", value, label_value_length_limit);
  }
}

function checkLength(metric: string, key: string, text: string, limit: number): void {
  const length = limit === 0 ? 0 : Buffer.byteLength(text);
  if (length > limit) throw overLimit(metric, key, length, limit);
}

function overLimit(metric: string, key: string, count: number, limit: number): ScrapeError {
  const fault = `${key} is exceeded by ${metric.slice(0, 50)}: ${count}, of ${limit} allowed`;
  return new ScrapeError(
    "BAD_LABELS",
    fault,
    `Take labels away at the target or by metric_relabel_configs, or raise ${key}`,
  );
}
