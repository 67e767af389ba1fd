/**
 * The same operations by OpenTelemetry's API. It has neither bound series nor positional labels: "bound" is its attributes
 * object made once and kept, which is the best it offers.
 */
import type { Attributes, Counter, Gauge, Histogram } from "@opentelemetry/api";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { CALLS } from "./operations.ts";
import { PAIRS, VALUES, VENUES } from "./rotating.ts";

/** By the names in `operations.ts`; what is missing, OpenTelemetry does not have. */
export const OPENTELEMETRY_OPERATIONS: ReadonlyMap<string, () => () => void> = new Map([
  [
    "counter.inc()",
    () => {
      const counter = meterCounter();
      return () => {
        for (let i = 0; i < CALLS; i++) counter.add(1);
      };
    },
  ],
  [
    "bound counter.inc()",
    () => {
      const counter = meterCounter();
      const attributes = { venue: "cex" };
      return () => {
        for (let i = 0; i < CALLS; i++) counter.add(1, attributes);
      };
    },
  ],
  [
    "bound counter.inc(), eight in turn",
    () => {
      const counter = meterCounter();
      const attributes: readonly Attributes[] = VENUES.map((venue) => ({ venue }));
      return () => {
        for (let i = 0; i < CALLS; i++) counter.add(1, attributes[i & 7]);
      };
    },
  ],
  [
    "bound gauge.set(v)",
    () => {
      const gauge: Gauge = meter().createGauge("spread_bps");
      const attributes = { venue: "cex" };
      return () => {
        for (let i = 0; i < CALLS; i++) gauge.record(VALUES[i & 1023] ?? 0, attributes);
      };
    },
  ],
  [
    "bound histogram.observe(v)",
    () => {
      const histogram = meterHistogram();
      const attributes = { metric: "scanner" };
      return () => {
        for (let i = 0; i < CALLS; i++) histogram.record(VALUES[i & 1023] ?? 0, attributes);
      };
    },
  ],
  [
    "counter.inc({venue: 'cex'})",
    () => {
      const counter = meterCounter();
      return () => {
        for (let i = 0; i < CALLS; i++) counter.add(1, { venue: "cex" });
      };
    },
  ],
  [
    "counter.inc({a, b}), eight in turn",
    () => {
      const counter = meterCounter();
      return () => {
        for (let i = 0; i < CALLS; i++) {
          const { venue, side } = PAIRS[i & 7] as (typeof PAIRS)[number]; // there are eight
          counter.add(1, { venue, side });
        }
      };
    },
  ],
  [
    "histogram.observe({metric}, v)",
    () => {
      const histogram = meterHistogram();
      return () => {
        for (let i = 0; i < CALLS; i++) histogram.record(VALUES[i & 1023] ?? 0, { metric: "scanner" });
      };
    },
  ],
]);

function meter() {
  // Without a reader, the SDK drops what is recorded: the Prometheus exporter is one, and need not listen.
  return new MeterProvider({ readers: [new PrometheusExporter({ preventServerStart: true })] }).getMeter("bench");
}

function meterCounter(): Counter {
  return meter().createCounter("orders_total");
}

function meterHistogram(): Histogram {
  const explicitBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
  return meter().createHistogram("latency_seconds", { advice: { explicitBucketBoundaries } });
}
