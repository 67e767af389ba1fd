/**
 * Makes one series of many: series after series over all steps, not step after step over all series, so that what is read lies
 * side by side. Source: Prometheus 3, promql/engine.go (`aggregation`).
 */
import type { AggregationOperator } from "../ast.ts";
import { quantile } from "../functions/quantile.ts";
import { KahanMean } from "./kahan.ts";
import type { VectorSeries } from "./values.ts";

/** @param params the scalar parameter at each step: the quantile asked for */
export function reduce(
  operator: AggregationOperator,
  result: VectorSeries,
  members: readonly VectorSeries[],
  params: Float64Array | undefined,
): void {
  switch (operator) {
    case "sum":
      sum(result, members);
      return;
    case "avg":
      mean(result, members);
      return;
    case "count":
      for (const { present } of members) for (let step = 0; step < present.length; step++) add(result, step, present);
      return;
    case "group":
      for (const { present } of members) {
        for (let step = 0; step < present.length; step++) if (present[step] === 1) put(result, step, 1);
      }
      return;
    case "min":
      for (const member of members) extreme(result, member, -1);
      return;
    case "max":
      for (const member of members) extreme(result, member, 1);
      return;
    case "stdvar":
      variance(result, members);
      return;
    case "stddev":
      variance(result, members);
      for (let step = 0; step < result.values.length; step++) {
        result.values[step] = Math.sqrt(result.values[step] as number); // in range
      }
      return;
    case "quantile":
      quantiles(result, members, params);
      return;
    default:
      throw new TypeError(`${operator} does not make one value of many`);
  }
}

function put({ values, present }: VectorSeries, step: number, value: number): void {
  values[step] = value;
  present[step] = 1;
}

function add({ values, present }: VectorSeries, step: number, others: Uint8Array): void {
  if (others[step] !== 1) return;
  values[step] = (values[step] as number) + 1;
  present[step] = 1;
}

/** Kahan's sum as improved by Neumaier, for all steps side by side. @returns what is to be added to the sums */
function compensatedSums({ values: sums, present }: VectorSeries, members: readonly VectorSeries[]): Float64Array {
  const compensations = new Float64Array(sums.length);
  for (const { values, present: own } of members) {
    for (let step = 0; step < sums.length; step++) {
      if (own[step] !== 1) continue;
      present[step] = 1;
      const value = values[step] as number; // all arrays have one entry for each step
      const before = sums[step] as number;
      const total = before + value;
      if (!Number.isFinite(total)) compensations[step] = 0;
      else if (Math.abs(before) >= Math.abs(value))
        compensations[step] = (compensations[step] as number) + (before - total + value);
      else compensations[step] = (compensations[step] as number) + (value - total + before);
      sums[step] = total;
    }
  }
  return compensations;
}

function sum(result: VectorSeries, members: readonly VectorSeries[]): void {
  const compensations = compensatedSums(result, members);
  for (let step = 0; step < compensations.length; step++) {
    result.values[step] = (result.values[step] as number) + (compensations[step] as number); // in range
  }
}

function mean(result: VectorSeries, members: readonly VectorSeries[]): void {
  const compensations = compensatedSums(result, members);
  const counts = new Float64Array(compensations.length);
  for (const { present } of members) {
    for (let step = 0; step < counts.length; step++)
      counts[step] = (counts[step] as number) + (present[step] as number);
  }
  for (let step = 0; step < counts.length; step++) {
    const count = counts[step] as number; // in range
    if (count === 0) continue;
    const total = result.values[step] as number;
    const isWhole = Number.isFinite(total);
    result.values[step] = isWhole
      ? total / count + (compensations[step] as number) / count
      : runningMean(members, step);
  }
}

/** Where the sum is too large for a number, or one of the values is none. */
function runningMean(members: readonly VectorSeries[], step: number): number {
  const running = new KahanMean();
  for (const { values, present } of members) if (present[step] === 1) running.add(values[step] as number);
  return running.mean;
}

/** NaN gives way to any number. */
function extreme({ values, present }: VectorSeries, member: VectorSeries, sign: 1 | -1): void {
  const { values: own, present: ownPresent } = member;
  for (let step = 0; step < values.length; step++) {
    if (ownPresent[step] !== 1) continue;
    const value = own[step] as number; // in range
    const best = values[step] as number;
    if (present[step] === 1 && !(sign * value > sign * best) && !Number.isNaN(best)) continue;
    values[step] = value;
    present[step] = 1;
  }
}

/** Welford's method. */
function variance({ values, present }: VectorSeries, members: readonly VectorSeries[]): void {
  const counts = new Float64Array(values.length);
  const means = new Float64Array(values.length);
  for (const { values: own, present: ownPresent } of members) {
    for (let step = 0; step < values.length; step++) {
      if (ownPresent[step] !== 1) continue;
      present[step] = 1;
      const value = own[step] as number; // all arrays have one entry for each step
      const count = (counts[step] as number) + 1;
      const delta = value - (means[step] as number);
      const middle = (means[step] as number) + delta / count;
      counts[step] = count;
      means[step] = middle;
      values[step] = (values[step] as number) + delta * (value - middle);
    }
  }
  for (let step = 0; step < values.length; step++) {
    if (present[step] === 1) values[step] = (values[step] as number) / (counts[step] as number);
  }
}

function quantiles(result: VectorSeries, members: readonly VectorSeries[], params: Float64Array | undefined): void {
  const found: number[] = [];
  for (let step = 0; step < result.values.length; step++) {
    found.length = 0;
    for (const { values, present } of members) if (present[step] === 1) found.push(values[step] as number);
    if (found.length > 0) put(result, step, quantile(params?.[step] ?? Number.NaN, found));
  }
}
