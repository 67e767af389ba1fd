/** An instrument as plain data. */
import { CounterChild } from "../instruments/counter.ts";
import type { GaugeChild } from "../instruments/gauge.ts";
import { Histogram } from "../instruments/histogram.ts";
import type { Instrument } from "../instruments/instrument.ts";
import type { Family } from "./family.ts";

export function familyOf(instrument: Instrument, defaultLabels: Readonly<Record<string, string>>): Family {
  const { name, help, unit, aggregation } = instrument;
  const head = { name, help, unit, aggregation };
  const labelsOf = (values: readonly string[]): Record<string, string> => {
    const labels: Record<string, string> = { ...defaultLabels };
    for (const [position, label] of instrument.labelNames.entries()) labels[label] = values[position] ?? "";
    return labels;
  };
  if (instrument instanceof Histogram) {
    const series = instrument.children.map((child) => ({
      labels: labelsOf(child.labelValues),
      bounds: instrument.bounds,
      counts: [...child.counts],
      sum: child.sum,
      createdMs: child.createdMs,
      exemplars: child.exemplars,
    }));
    return { ...head, type: "histogram", series };
  }
  const children = instrument.children as readonly (CounterChild | GaugeChild)[]; // all other instruments are made of these
  const series = children.map((child) => ({
    labels: labelsOf(child.labelValues),
    value: child.value,
    createdMs: child.createdMs,
    exemplar: child instanceof CounterChild ? child.exemplar : undefined,
  }));
  return { ...head, type: instrument.type as "counter" | "gauge" | "info" | "stateset", series }; // not a histogram
}
