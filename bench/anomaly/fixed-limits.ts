/** What somebody could do without the pack: the best limits that a person could have set, each signal's own. */
import { type LabelledSeries, MINUTES_PER_DAY } from "./labelled-series.ts";
import { episodesOf, f1, sum, type Tally, tally } from "./matching.ts";

/** Limits tried on each side; one more, infinite, is tried as well. */
const TRIED = 24;

/** A value outside fires, if the one before was outside, too: a rule with `for: 1m`. */
export interface FixedLimits {
  readonly min: number;
  readonly max: number;
}

/** Those of all tried that tell most of what is wrong and least of what is not, over all signals of one kind in training. */
export function bestLimits(training: readonly LabelledSeries[], fromDay: number): FixedLimits {
  const sorted = training.flatMap(({ values }) => [...values]).sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? 0;
  const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const steps = Array.from({ length: TRIED }, (_, index) => index / TRIED);
  const mins = [Number.NEGATIVE_INFINITY, ...steps.map((share) => least + share * (median - least))];
  const maxs = [Number.POSITIVE_INFINITY, ...steps.map((share) => most - share * (most - median))];
  let best: FixedLimits & { readonly score: number } = { min: Number.NaN, max: Number.NaN, score: -1 };
  for (const min of mins) {
    for (const max of maxs) {
      const score = f1(sum(training.map((series) => played(series, { min, max }, fromDay))));
      if (score > best.score) best = { min, max, score };
    }
  }
  return best;
}

function played({ values, anomalies }: LabelledSeries, { min, max }: FixedLimits, fromDay: number): Tally {
  const firing = new Uint8Array(values.length);
  let wasOutside = false;
  for (let minute = fromDay * MINUTES_PER_DAY; minute < values.length; minute++) {
    const value = values[minute] ?? 0;
    const isOutside = value < min || value > max;
    if (isOutside && wasOutside) firing[minute] = 1;
    wasOutside = isOutside;
  }
  return tally(episodesOf(firing), anomalies);
}
