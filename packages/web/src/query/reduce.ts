/** Many values as one: Grafana's calculations, by their identifiers. */
import { type Field, numeric, type Value } from "./frame.ts";

/** What a calculation is called in legends and columns. */
const NAMES: Readonly<Record<string, string>> = {
  lastNotNull: "Last *",
  last: "Last",
  firstNotNull: "First *",
  first: "First",
  min: "Min",
  max: "Max",
  mean: "Mean",
  median: "Median",
  variance: "Variance",
  stdDev: "StdDev",
  sum: "Total",
  count: "Count",
  range: "Range",
  delta: "Delta",
  step: "Step",
  diff: "Difference",
  logmin: "Min (above zero)",
  allIsZero: "All zeros",
  allIsNull: "All nulls",
  changeCount: "Change count",
  distinctCount: "Distinct count",
  diffperc: "Difference percent",
  countAll: "Count all",
  allValues: "All values",
  uniqueValues: "All unique values",
};

export function reducerName(id: string): string {
  if (Object.hasOwn(NAMES, id)) return NAMES[id] ?? id;
  return isPercentile(id) ? `${id.slice(1)}th %` : id;
}

/** Names that older dashboards use. */
function canonical(id: string): string {
  switch (id) {
    case "avg":
      return "mean";
    case "current":
    case "lastNonNull":
      return "lastNotNull";
    case "total":
      return "sum";
    case "firstNonNull":
      return "firstNotNull";
    default:
      return id;
  }
}

function isPercentile(id: string): boolean {
  return /^p\d{1,2}$/.test(id);
}

/** Whether its result is counted and not of the field's own unit. */
export function isUnitless(id: string): boolean {
  return ["count", "countAll", "changeCount", "distinctCount", "allIsZero", "allIsNull", "diffperc"].includes(id);
}

/** @returns `NaN` for numbers of which there is none; `undefined` for an unknown calculation */
export function reduceField({ values }: Field, id: string): Value {
  const name = canonical(id);
  switch (name) {
    case "last":
      return values.length === 0 ? null : values.at(-1);
    case "first":
      return values.length === 0 ? null : values[0];
    case "lastNotNull":
      for (let index = values.length - 1; index >= 0; index--) if (isThere(values[index])) return values[index];
      return null;
    case "firstNotNull":
      for (let index = 0; index < values.length; index++) if (isThere(values[index])) return values[index];
      return null;
    case "countAll":
      return values.length;
    case "allIsNull":
      return !values.some((value: Value) => isThere(value));
    case "distinctCount":
      return new Set<Value>(values as readonly Value[]).size;
    case "allValues":
    case "uniqueValues": {
      const list = [...(name === "allValues" ? values : new Set<Value>(values as readonly Value[]))];
      return list.slice(0, 200).join(", ");
    }
    case "changeCount":
      return changes(values);
    default:
      return (values instanceof Float64Array ? simplyReduced(values, name) : undefined) ?? reduceNumbers(values, name);
  }
}

/** What most legends show, without the rest. */
function simplyReduced(values: Float64Array, name: string): number | undefined {
  if (name !== "min" && name !== "max" && name !== "mean" && name !== "sum") return undefined;
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (count === 0) return Number.NaN;
  return name === "min" ? min : name === "max" ? max : name === "sum" ? sum : sum / count;
}

function isThere(value: Value): boolean {
  return value !== null && value !== undefined && !(typeof value === "number" && Number.isNaN(value));
}

function changes(values: Field["values"]): number {
  let count = 0;
  let last: Value;
  let isFirst = true;
  for (const value of values) {
    if (!isThere(value)) continue;
    if (!isFirst && value !== last) count++;
    last = value;
    isFirst = false;
  }
  return count;
}

/** One pass without arrays of its own: this runs for each series on each refresh. */
function reduceNumbers(values: Field["values"], name: string): Value {
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let logMin = Number.POSITIVE_INFINITY;
  let first = Number.NaN;
  let last = Number.NaN;
  let delta = 0;
  let step = Number.POSITIVE_INFINITY;
  let mean = 0;
  let squares = 0;
  for (let index = 0; index < values.length; index++) {
    const value = numeric(values[index]);
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
    if (value > 0 && value < logMin) logMin = value;
    if (count === 1) first = value;
    else {
      // A counter that fell began again at zero.
      delta += value >= last ? value - last : value;
      step = Math.min(step, value - last);
    }
    const away = value - mean;
    mean += away / count;
    squares += away * (value - mean);
    last = value;
  }
  if (name === "count") return count;
  if (name === "sum") return count === 0 ? Number.NaN : sum;
  if (count === 0) return Number.NaN;
  switch (name) {
    case "min":
      return min;
    case "max":
      return max;
    case "mean":
      return sum / count;
    case "range":
      return max - min;
    case "diff":
      return last - first;
    case "diffperc":
      return (last - first) / first;
    case "delta":
      return delta;
    case "step":
      return Number.isFinite(step) ? step : Number.NaN;
    case "logmin":
      return Number.isFinite(logMin) ? logMin : Number.NaN;
    case "allIsZero":
      return min === 0 && max === 0;
    case "variance":
      return squares / count;
    case "stdDev":
      return Math.sqrt(squares / count);
    case "median":
      return percentile(values, 50, "middle");
    default:
      return isPercentile(name) ? percentile(values, Number(name.slice(1)), "nearest") : undefined;
  }
}

function percentile(values: Field["values"], share: number, kind: "middle" | "nearest"): number {
  const numbers = Float64Array.from(values as ArrayLike<Value>, numeric)
    .filter((value) => !Number.isNaN(value))
    .sort();
  if (numbers.length === 0) return Number.NaN;
  if (kind === "middle") {
    const middle = numbers.length >> 1;
    const upper = numbers[middle] ?? Number.NaN;
    return numbers.length % 2 === 1 ? upper : ((numbers[middle - 1] ?? upper) + upper) / 2;
  }
  return (
    numbers[Math.max(0, Math.min(numbers.length - 1, Math.round((numbers.length - 1) * (share / 100))))] ?? Number.NaN
  );
}
