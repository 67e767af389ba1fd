/**
 * The points of one range query, kept from refresh to refresh: when the range moves on, only its end is asked for again, and the arrays
 * are moved along instead of made anew. A thousand points a second then cost sixty.
 */
import type { Labels } from "./frame.ts";
import { seriesText } from "./legend.ts";
import { type RangeSeries, sampleValue } from "./prometheus-answer.ts";

/** Late samples change the newest points: so much of the end is asked for again. */
const OVERLAP_MS = 60_000;
const LEAST_OVERLAP_STEPS = 3;
/** Everything is asked for again after this, so that even later changes are seen. */
const FULL_AFTER_MS = 300_000;

export interface Grid {
  /** Milliseconds since 1970, a multiple of the step. */
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

export interface CachedSeries {
  readonly labels: Labels;
  /** One for each line of the grid; `NaN` where there is none. */
  values: Float64Array;
}

export class RangeCache {
  #question = "";
  #grid: Grid = { start: 0, end: -1, step: 1 };
  #series = new Map<string, CachedSeries>();
  #times = new Float64Array(0);
  #askedInFull = Number.NEGATIVE_INFINITY;

  /** What has to be asked so that `grid` is known. @param question the query's text, with all variables in it */
  missing(question: string, grid: Grid, now: number): Grid {
    const { start, end, step } = this.#grid;
    const isKnown =
      question === this.#question &&
      step === grid.step &&
      grid.start >= start &&
      grid.start <= end &&
      grid.end >= end &&
      now - this.#askedInFull < FULL_AFTER_MS &&
      now >= this.#askedInFull;
    if (!isKnown) return grid;
    const overlap = Math.max(OVERLAP_MS, LEAST_OVERLAP_STEPS * step);
    const from = Math.ceil((end - overlap) / step) * step;
    return from <= grid.start ? grid : { start: from, end: grid.end, step };
  }

  /** Takes an answer in, and moves to `grid`. @param asked what {@link missing} gave for it */
  take(question: string, grid: Grid, asked: Grid, answer: readonly RangeSeries[], now: number): void {
    const length = Math.floor((grid.end - grid.start) / grid.step) + 1;
    const isFull = asked.start === grid.start;
    if (isFull) {
      this.#askedInFull = now;
      this.#question = question;
      if (this.#times.length !== length) this.#series.clear();
    }
    const moved = Math.round((grid.start - this.#grid.start) / grid.step);
    const isSameLength = this.#times.length === length;
    const firstAsked = Math.round((asked.start - grid.start) / grid.step);
    if (!isSameLength) this.#times = new Float64Array(length);
    for (let index = 0; index < length; index++) this.#times[index] = grid.start + index * grid.step;

    for (const series of this.#series.values()) {
      if (!isFull) series.values = shifted(series.values, moved, length);
      series.values.fill(Number.NaN, firstAsked);
    }
    const seen = new Set<string>();
    const next = new Map<string, CachedSeries>();
    for (const { labels, points } of answer) {
      const key = seriesText(labels);
      if (seen.has(key)) continue;
      seen.add(key);
      const series = this.#series.get(key) ?? { labels, values: new Float64Array(length).fill(Number.NaN) };
      fill(series.values, points, grid);
      next.set(key, series);
    }
    if (!isFull) {
      // A series without new points still has its old ones, until they have left the range.
      for (const [key, series] of this.#series) {
        if (!next.has(key) && series.values.some((value) => !Number.isNaN(value))) next.set(key, series);
      }
    }
    this.#series = isFull ? next : inOrder(this.#series, next);
    this.#grid = grid;
  }

  get times(): Float64Array {
    return this.#times;
  }

  get series(): readonly CachedSeries[] {
    return [...this.#series.values()];
  }
}

/** Series stay where they were, so that each keeps its colour; new ones come last. */
function inOrder(
  before: ReadonlyMap<string, CachedSeries>,
  next: ReadonlyMap<string, CachedSeries>,
): Map<string, CachedSeries> {
  const ordered = new Map<string, CachedSeries>();
  for (const key of before.keys()) {
    const series = next.get(key);
    if (series !== undefined) ordered.set(key, series);
  }
  for (const [key, series] of next) ordered.set(key, series);
  return ordered;
}

function shifted(values: Float64Array, by: number, length: number): Float64Array {
  if (values.length === length) {
    values.copyWithin(0, by);
    values.fill(Number.NaN, Math.max(0, length - by));
    return values;
  }
  const next = new Float64Array(length).fill(Number.NaN);
  next.set(values.subarray(by, Math.min(values.length, by + length)));
  return next;
}

function fill(values: Float64Array, points: RangeSeries["points"], { start, step }: Grid): void {
  for (const point of points) {
    if (!Array.isArray(point)) continue;
    const [seconds, value] = point;
    if (typeof seconds !== "number") continue;
    const index = Math.round((seconds * 1000 - start) / step);
    if (index >= 0 && index < values.length) values[index] = sampleValue(value);
  }
}
