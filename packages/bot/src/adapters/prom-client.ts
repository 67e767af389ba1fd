/**
 * Takes over the metrics of a bot that already records with prom-client or `@prometheus-io/client`: they are read at each
 * scrape and shown among ours, so that the bot changes nothing.
 *
 * Tested with prom-client 15.1.3 and @prometheus-io/client 0.16.1.
 */
import { HaltwatchError } from "../errors.ts";
import { tellerOf } from "../processes/teller.ts";
import type { Registry } from "../registry/registry.ts";
import { promClientFamilies } from "./prom-client-families.ts";

/** What is needed of their `Registry`. */
export interface PromClientRegistryLike {
  readonly contentType?: string | undefined;
  getMetricsAsJSON(): Promise<readonly unknown[]>;
  getSingleMetric(name: string): unknown;
}

/**
 * Shows another client's metrics in ours: same names, labels, values, help and types, their default labels included. A
 * metric that both have is shown as ours; what would spoil the exposition is left out and told as a mistake.
 *
 * Where their registry is set to OpenMetrics, counters are named with the `_total` that it writes. A label whose value is
 * `undefined` is left out (they write `label="undefined"`). If one of their `collect` functions fails, none of their
 * metrics is in that scrape, as it is with them; ours are.
 *
 * @param theirs `register` of prom-client, or a `Registry` of its
 * @returns a function that takes them out again
 * @example
 * import { register } from "prom-client";
 * adoptPromClient(monitoring.registry, register);
 */
export function adoptPromClient(registry: Registry, theirs: PromClientRegistryLike): () => void {
  const tell = tellerOf(registry);
  return registry.addCollector(async () => {
    let metrics: readonly unknown[];
    try {
      metrics = await theirs.getMetricsAsJSON();
    } catch (error) {
      throw new HaltwatchError(
        "PROM_CLIENT_FAILED",
        `prom-client: ${error instanceof Error ? error.message : String(error)}`,
        {
          hint: "One of its collect functions throws",
          cause: error,
        },
      );
    }
    return promClientFamilies(metrics, (name) => counterName(name, theirs), tell);
  });
}

/**
 * The name a counter has in their exposition. Once they have written OpenMetrics, they have taken `_total` off the
 * counter's own name, while they still know it by the whole one.
 */
function counterName(name: string, theirs: PromClientRegistryLike): string {
  if (name.endsWith("_total")) return name;
  const whole = `${name}_total`;
  const writesOpenMetrics = theirs.contentType?.startsWith("application/openmetrics-text") ?? false;
  const hasLostSuffix = theirs.getSingleMetric(name) === undefined && theirs.getSingleMetric(whole) !== undefined;
  return writesOpenMetrics || hasLostSuffix ? whole : name;
}
