/** Collects result series by their labels, step by step. */
import type { Labels } from "@haltwatch/store/labels";
import type { EvaluationContext } from "./context.ts";
import { executionError } from "./evaluation-error.ts";
import { emptySeries, type Vector, type VectorSeries } from "./values.ts";

export class SeriesBuilder {
  readonly #steps: number;
  readonly #series = new Map<string, VectorSeries>();

  constructor(steps: number) {
    this.#steps = steps;
  }

  /** The series with these labels, made at first use. */
  seriesOf(labels: Labels, dropsName: boolean): VectorSeries {
    const existing = this.#series.get(labels.key);
    if (existing !== undefined) return existing;
    const made = emptySeries(labels, dropsName, this.#steps);
    this.#series.set(labels.key, made);
    return made;
  }

  /** @returns false if it had a value at this step */
  set(series: VectorSeries, step: number, value: number): boolean {
    if (series.present[step] === 1) return false;
    series.values[step] = value;
    series.present[step] = 1;
    return true;
  }

  vector(): Vector {
    return { type: "vector", series: [...this.#series.values()].filter(({ present }) => present.includes(1)) };
  }
}

/**
 * Series as they are, which must all have different labels, whether or not they meet at a step. Unary signs and functions of
 * ranges ask for it. Source: Prometheus, promql/engine.go (`ContainsSameLabelset`).
 */
export function refuseSameLabels(context: EvaluationContext, series: readonly VectorSeries[]): Vector {
  if (context.delayedNameRemoval) return mergeSameLabels(series);
  const keys = new Set(series.map(({ labels }) => labels.key));
  if (keys.size < series.length) throw executionError("vector cannot contain metrics with the same labelset");
  return { type: "vector", series };
}

/**
 * One series for each set of labels: those with the same are put together, which is an error where two have a value at
 * the same step.
 */
export function mergeSameLabels(series: readonly VectorSeries[]): Vector {
  const merged = new Map<string, VectorSeries>();
  for (const one of series) {
    const other = merged.get(one.labels.key);
    if (other === undefined) {
      merged.set(one.labels.key, one);
      continue;
    }
    const together = { ...other, values: other.values.slice(), present: other.present.slice() };
    for (let step = 0; step < one.present.length; step++) {
      if (one.present[step] !== 1) continue;
      if (together.present[step] === 1) throw executionError("vector cannot contain metrics with the same labelset");
      together.values[step] = one.values[step] as number; // in range
      together.present[step] = 1;
    }
    merged.set(one.labels.key, together);
  }
  return { type: "vector", series: [...merged.values()] };
}
