/**
 * A metric as data: the one place where its name, type, help, unit, labels and buckets stand. The recorders make their
 * instruments from it, and the reference tables in the documentation are generated from it.
 */
import type { MetricType } from "./instruments/instrument.ts";
import type { LabelValue } from "./instruments/label-tree.ts";

/** One metric. */
export interface MetricDefinition<L extends string = string> {
  readonly type: Extract<MetricType, "counter" | "gauge" | "histogram">;
  readonly name: string;
  readonly help: string;
  readonly unit?: string;
  readonly labelNames?: readonly L[];
  readonly knownValues?: Readonly<Partial<Record<L, readonly LabelValue[]>>>;
  readonly buckets?: readonly number[];
}

/** The metrics of one kind of bot, by the name its recorder knows them by. */
export type MetricDefinitions = Readonly<Record<string, MetricDefinition>>;
