/**
 * `anchored` and `smoothed` ranges: no extrapolation; the range's edges take the sample before them (anchored), or lie between
 * their neighbours in proportion (smoothed). Source: Prometheus 3.15, promql/functions.go (`extendedRate`,
 * `pickFirstSampleIndices`), promql/engine.go (`extendFloats`).
 */
import type { ExtendedRange } from "../ast.ts";
import type { Edges } from "../evaluate/values.ts";
import type { Window } from "../evaluate/window.ts";

export type ExtendedFunction = (window: Window, edges: Edges) => number | undefined;

/** By name: which functions take a range with a modifier. */
export const EXTENDED_FUNCTIONS: Readonly<Record<ExtendedRange, Readonly<Record<string, ExtendedFunction>>>> = {
  anchored: {
    changes: (window, edges) => count(window, edges, (value, before) => value !== before && !bothNaN(value, before)),
    delta: (window, edges) => growth(window, edges, false),
    increase: (window, edges) => growth(window, edges, true),
    rate: perSecond,
    resets: (window, edges) => count(window, edges, (value, before) => value < before),
  },
  smoothed: {
    delta: (window, edges) => growth(window, edges, false),
    increase: (window, edges) => growth(window, edges, true),
    rate: perSecond,
  },
};

function perSecond(window: Window, edges: Edges): number | undefined {
  const whole = growth(window, edges, true);
  return whole === undefined ? undefined : whole / ((edges.endMs - edges.startMs) / 1000);
}

/** How the value grew from edge to edge; a counter's resets made good. */
function growth(window: Window, edges: Edges, isCounter: boolean): number | undefined {
  const inner = insideOf(window, edges, isCounter);
  if (inner === undefined) return undefined;
  const { left, right, from, to } = inner;
  let grown = right - left;
  if (!isCounter) return grown;
  let before = left;
  for (let i = from; i < to; i++) {
    const value = window.values[i] as number; // in the window
    if (value < before) grown += before;
    before = value;
  }
  return right < before ? grown + before : grown;
}

/** The values at the edges, and the samples strictly within. */
interface Inside {
  readonly left: number;
  readonly right: number;
  readonly from: number;
  readonly to: number;
}

function insideOf(window: Window, { startMs, endMs, extended }: Edges, isCounter: boolean): Inside | undefined {
  const { times, values } = window;
  const newest = window.to - 1;
  let first = Math.max(window.from, firstAfter(times, window.from, newest, startMs) - 1);
  let last = newest;
  const isSmoothed = extended === "smoothed";
  if (isSmoothed) {
    last = window.from;
    while (last < newest && (times[last] as number) < endMs) last += 1;
  }
  if ((times[last] as number) <= startMs) return undefined;
  if (isSmoothed && (times[first] as number) > endMs) return undefined;
  const left =
    isSmoothed && (times[first] as number) < startMs
      ? interpolated(times, values, first, startMs, isCounter)
      : (values[first] as number);
  const right =
    isSmoothed && last > window.from && (times[last] as number) > endMs
      ? interpolated(times, values, last - 1, endMs, isCounter)
      : (values[last] as number);
  if ((times[first] as number) <= startMs) first += 1;
  if ((times[last] as number) >= endMs) last -= 1;
  return { left, right, from: first, to: last + 1 };
}

/** The first index, up to `limit`, whose time is after. */
function firstAfter(times: Float64Array, from: number, limit: number, timeMs: number): number {
  let index = from;
  while (index < limit && (times[index] as number) <= timeMs) index += 1;
  return index;
}

/** Between a sample and the next, in proportion. A counter that was reset between them began at 0. */
export function interpolated(
  times: Float64Array,
  values: Float64Array,
  index: number,
  timeMs: number,
  isCounter: boolean,
): number {
  const [x1, x2] = [times[index] as number, times[index + 1] as number];
  const y2 = values[index + 1] as number;
  let y1 = values[index] as number;
  if (isCounter && y2 < y1) y1 = 0;
  return y1 + ((y2 - y1) * (timeMs - x1)) / (x2 - x1);
}

/** How often something happened from one sample to the next, from the anchor on. */
function count(
  { times, values, from, to }: Window,
  { startMs }: Edges,
  happened: (value: number, before: number) => boolean,
): number | undefined {
  const after = firstAfter(times, from, to, startMs);
  if (after >= to) return undefined; // nothing within the range
  let found = 0;
  for (let i = Math.max(from, after - 1) + 1; i < to; i++) {
    if (happened(values[i] as number, values[i - 1] as number)) found += 1;
  }
  return found;
}

function bothNaN(a: number, b: number): boolean {
  return Number.isNaN(a) && Number.isNaN(b);
}

/** The range's samples with one at each edge, as a query for the range itself shows them. */
export function withEdges(window: Window, edges: Edges): { times: Float64Array; values: Float64Array } | undefined {
  const inner = insideOf(window, edges, false);
  if (inner === undefined) return undefined;
  const { left, right, from, to } = inner;
  return {
    times: Float64Array.of(edges.startMs, ...window.times.subarray(from, Math.max(from, to)), edges.endMs),
    values: Float64Array.of(left, ...window.values.subarray(from, Math.max(from, to)), right),
  };
}
