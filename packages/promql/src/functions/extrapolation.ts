/**
 * `rate`, `increase` and `delta` over all steps of a series. How far the samples of each window lie from its ends follows from
 * the timestamps alone, and is worked out once for all series that share them.
 * Source: Prometheus 3, promql/functions.go (`extrapolatedRate`).
 */
import type { Bounds } from "../evaluate/shared-times.ts";
import type { Ranges, VectorSeries } from "../evaluate/values.ts";

export type ExtrapolatedKind = "rate" | "increase" | "delta";

/** By step, seconds. */
interface Spans {
  /** From the window's first sample to its last. */
  readonly sampled: Float64Array;
  /** To which the growth is carried on before the first sample (counters: not beyond zero) and after the last. */
  readonly toStart: Float64Array;
  readonly toEnd: Float64Array;
}

/** Samples farther from a window's end than this many of their own distances do not speak for it. */
const THRESHOLD = 1.1;

export class Extrapolation {
  readonly #kind: ExtrapolatedKind;
  readonly #ranges: Ranges;
  readonly #known = new Map<Float64Array, Spans>();

  constructor(kind: ExtrapolatedKind, ranges: Ranges) {
    this.#kind = kind;
    this.#ranges = ranges;
  }

  /** @param bounds of the windows in these timestamps */
  fill(result: VectorSeries, times: Float64Array, values: Float64Array, bounds: Bounds): void {
    const { sampled, toStart, toEnd } = this.#spansOf(times, bounds);
    const isCounter = this.#kind !== "delta";
    const rangeSeconds = this.#ranges.rangeMs / 1000;
    const resets = isCounter ? resetsIn(values) : NO_RESETS;
    const { from, to } = bounds;
    let firstReset = 0;
    for (let step = 0; step < from.length; step++) {
      const begin = from[step] as number; // all arrays have one entry for each step
      const end = to[step] as number;
      if (end - begin < 2) continue;
      const first = values[begin] as number;
      let growth = (values[end - 1] as number) - first;
      if (resets.length > 0) {
        if (step > 0 && begin < (from[step - 1] as number)) firstReset = 0;
        while (firstReset < resets.length && (resets[firstReset] as number) <= begin) firstReset += 1;
        for (let i = firstReset; i < resets.length && (resets[i] as number) < end; i++) {
          growth += values[(resets[i] as number) - 1] as number;
        }
      }
      const span = sampled[step] as number;
      let before = toStart[step] as number;
      if (isCounter && growth > 0 && first >= 0) {
        // A counter cannot have been below zero: it is not carried further back than to there.
        const toZero = span * (first / growth);
        if (toZero < before) before = toZero;
      }
      let factor = (span + before + (toEnd[step] as number)) / span;
      if (this.#kind === "rate") factor /= rangeSeconds;
      result.values[step] = growth * factor;
      result.present[step] = 1;
    }
  }

  #spansOf(times: Float64Array, bounds: Bounds): Spans {
    const known = this.#known.get(times);
    if (known !== undefined) return known;
    const made = spans(times, bounds, this.#ranges);
    this.#known.set(times, made);
    return made;
  }
}

function spans(times: Float64Array, { from, to }: Bounds, { ends, rangeMs }: Ranges): Spans {
  const sampled = new Float64Array(ends.length);
  const toStart = new Float64Array(ends.length);
  const toEnd = new Float64Array(ends.length);
  for (let step = 0; step < ends.length; step++) {
    const begin = from[step] as number; // all arrays have one entry for each step
    const end = to[step] as number;
    if (end - begin < 2) continue;
    const first = times[begin] as number;
    const last = times[end - 1] as number;
    const span = (last - first) / 1000;
    const average = span / (end - begin - 1);
    const before = (first - ((ends[step] as number) - rangeMs)) / 1000;
    const after = ((ends[step] as number) - last) / 1000;
    sampled[step] = span;
    toStart[step] = before >= average * THRESHOLD ? average / 2 : before;
    toEnd[step] = after >= average * THRESHOLD ? average / 2 : after;
  }
  return { sampled, toStart, toEnd };
}

const NO_RESETS: readonly number[] = [];

/** Samples that are below the one before. */
function resetsIn(values: Float64Array): readonly number[] {
  let found: number[] | undefined;
  for (let i = 1; i < values.length; i++) {
    if ((values[i] as number) < (values[i - 1] as number)) {
      found ??= [];
      found.push(i);
    }
  }
  return found ?? NO_RESETS;
}
