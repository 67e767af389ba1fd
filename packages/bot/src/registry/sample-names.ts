/** Which names a metric's samples have, in either format: two metrics must not share one, or the whole scrape is invalid. */
import type { MetricType } from "../instruments/instrument.ts";

export function sampleNames({ name, type }: { readonly name: string; readonly type: MetricType }): string[] {
  switch (type) {
    case "histogram":
      return [name, `${name}_bucket`, `${name}_count`, `${name}_sum`, `${name}_created`];
    case "summary":
      return [name, `${name}_count`, `${name}_sum`];
    case "counter": {
      if (!name.endsWith("_total")) return [name]; // another client's
      const stem = name.slice(0, -"_total".length);
      return [name, stem, `${stem}_created`];
    }
    case "info":
      return name.endsWith("_info") ? [name, name.slice(0, -"_info".length)] : [name];
    default:
      return [name];
  }
}
