/** Which step of its thresholds a value is on. */
import type { Threshold, Thresholds } from "../dashboard/model.ts";

const DEFAULT: Thresholds = {
  mode: "absolute",
  steps: [
    { value: Number.NEGATIVE_INFINITY, color: "green" },
    { value: 80, color: "red" },
  ],
};

/** What a field has that says nothing of its own: Grafana's. */
export function thresholdsOf(thresholds: Thresholds | undefined): Thresholds {
  return thresholds ?? DEFAULT;
}

/** The step with the largest limit that the value has reached; the first one for what is no number. */
export function activeThreshold(value: number, thresholds: Thresholds, range: NumberRange): Threshold {
  const { mode, steps } = thresholds;
  const compared = mode === "percentage" ? shareOf(value, range) * 100 : value;
  let active = steps[0] ?? { value: Number.NEGATIVE_INFINITY, color: "green" };
  for (const step of steps) if (compared >= step.value) active = step;
  return active;
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/** From 0 to 1, where a value lies. */
export function shareOf(value: number, { min, max }: NumberRange): number {
  if (max === min) return value >= max ? 1 : 0;
  return (value - min) / (max - min);
}

/** Steps as values, also those in percent. */
export function absoluteSteps({ mode, steps }: Thresholds, { min, max }: NumberRange): readonly Threshold[] {
  if (mode === "absolute") return steps;
  return steps.map(({ value, color }) => ({
    value: Number.isFinite(value) ? min + ((max - min) * value) / 100 : value,
    color,
  }));
}
