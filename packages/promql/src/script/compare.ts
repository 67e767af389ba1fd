/** Compares a result with what a script expects. Source: Prometheus 3, promql/promqltest/test.go (`compareResult`). */
import type { QueryValue, ResultSeries } from "../evaluate/engine.ts";
import type { EvalCommand } from "./script.ts";
import type { NotedSample, NotedSeries } from "./series-notation.ts";

/** How far two values may be apart to be the same, as a share of their sizes. */
const TOLERANCE = 1e-6;

/** What does not fit, if anything does not. */
export function valueFault(command: EvalCommand, value: QueryValue): string | undefined {
  if (value.type === "string") {
    const wanted = command.string ?? "";
    return value.value === wanted ? undefined : `it is ${JSON.stringify(value.value)}, not ${JSON.stringify(wanted)}`;
  }
  if (value.type === "scalar") {
    if (command.scalar === undefined) return `it is the scalar ${value.value}`;
    return almostEqual(command.scalar, value.value) ? undefined : `it is ${value.value}, not ${command.scalar}`;
  }
  if (command.scalar !== undefined) return `it is a ${value.type}, not a scalar`;
  return value.type === "vector" ? vectorFault(command, value.series) : matrixFault(command, value.series);
}

/** Later lines about the same series take the place of earlier ones. */
function byKey(command: EvalCommand): Map<string, { readonly noted: NotedSeries; readonly place: number }> {
  return new Map(command.series.map((noted, place) => [noted.labels.key, { noted, place }]));
}

function vectorFault(command: EvalCommand, series: readonly ResultSeries[]): string | undefined {
  const wanted = byKey(command);
  const isOrdered = command.expectations.some(({ kind }) => kind === "ordered");
  for (const [place, one] of series.entries()) {
    const expected = wanted.get(one.labels.key);
    const value = one.values[0] as number; // a vector's series has one value
    if (expected === undefined) return `${one.labels} is not expected; it is ${value}`;
    if (isOrdered && expected.place !== place) return `${one.labels} is at ${place + 1}, not at ${expected.place + 1}`;
    const [sample = Number.NaN] = expected.noted.samples;
    const number = sample === "none" ? 0 : sample === "stale" ? Number.NaN : sample; // upstream's zero values
    if (number === "histogram" || !almostEqual(number, value)) return `${one.labels}: it is ${value}, not ${sample}`;
  }
  return missing(command, series);
}

function matrixFault(command: EvalCommand, series: readonly ResultSeries[]): string | undefined {
  if (command.expectations.some(({ kind }) => kind === "ordered"))
    return "it is a matrix, which has no order of its own";
  const wanted = byKey(command);
  for (const one of series) {
    const expected = wanted.get(one.labels.key);
    if (expected === undefined) return `${one.labels} is not expected; it is ${[...one.values].join(" ")}`;
    const fault = samplesFault(command, one, expected.noted.samples);
    if (fault !== undefined) return `${one.labels}: ${fault}`;
  }
  return missing(command, series);
}

function missing(command: EvalCommand, series: readonly ResultSeries[]): string | undefined {
  const found = new Set(series.map(({ labels }) => labels.key));
  const lacking = command.series.find(({ labels }) => !found.has(labels.key));
  if (lacking === undefined) return undefined;
  const shown = series.map((one) => `${one.labels} ${[...one.values].join(" ")}`).join("; ");
  return `${lacking.labels} is missing; it has: ${shown}`;
}

function samplesFault(
  { at, rangeVector }: EvalCommand,
  one: ResultSeries,
  samples: readonly NotedSample[],
): string | undefined {
  const times = rangeVector ?? (at.kind === "range" ? at : { startMs: at.timeMs, endMs: at.timeMs, stepMs: 0 });
  let next = 0;
  for (const [index, sample] of samples.entries()) {
    const time = times.startMs + index * times.stepMs;
    if (time > times.endMs) return `${samples.length} values are expected, more than the range has steps`;
    if (sample === "none") continue;
    const [actualTime, value] = [one.times[next], one.values[next]];
    if (actualTime !== time || value === undefined)
      return `there is no value at step ${index}, where ${sample} should be`;
    const wanted = sample === "stale" ? Number.NaN : sample;
    if (wanted === "histogram" || !almostEqual(wanted, value)) return `it is ${value} at step ${index}, not ${sample}`;
    next += 1;
  }
  return next === one.times.length ? undefined : `it has ${one.times.length} values, not ${next}`;
}

/** Source: Prometheus, util/almost. */
function almostEqual(a: number, b: number): boolean {
  if (Number.isNaN(a) && Number.isNaN(b)) return true;
  if (a === b) return true;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < Number.MIN_VALUE) return difference < TOLERANCE * Number.MIN_VALUE;
  return difference / Math.min(sum, Number.MAX_VALUE) < TOLERANCE;
}
