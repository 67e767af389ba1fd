/**
 * Makes one list of families of several processes'. Pure: what cannot be merged is left out and told as a value.
 *
 * Counters, histograms and summaries are summed, infos take the greatest, all else follows the rule that its first holder
 * states (`aggregation`). A series was born when its earliest part was; of exemplars, the newest is kept. The order of the
 * lists matters only where the rule says so (`first`, `omit`) and in conflicts, which the earlier list wins.
 */
import type { Exemplar } from "../instruments/exemplar.ts";
import type { Aggregation } from "../instruments/instrument.ts";
import type { Family, HistogramSeries, ScalarSeries, SummarySeries } from "../registry/family.ts";
import { sampleNames } from "../registry/sample-names.ts";
import { labelKey } from "./label-key.ts";

/** Two processes have something different under one name. The first one's is shown, the other's left out. */
interface MergeConflict {
  readonly metric: string;
  /** `name`: two metrics whose samples would have the same name, such as a histogram `h` and a counter `h_count`. */
  readonly kind: "type" | "bounds" | "name";
  /** What differs, for a message. */
  readonly why: string;
}

export interface MergedFamilies {
  /** In the order of their first appearance. */
  readonly families: readonly Family[];
  /** One for each metric and kind. */
  readonly conflicts: readonly MergeConflict[];
}

type AnySeries = ScalarSeries | HistogramSeries | SummarySeries;

/** One series under way. */
interface Part<S> {
  series: S;
  /** How many processes have it. */
  holders: number;
}

/** Merges at once. `lists[0]` is the main process's. */
export function mergeFamilies(lists: readonly (readonly Family[])[]): MergedFamilies {
  const steps = mergeInSteps(lists);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** {@link mergeFamilies} that pauses after each series. */
export function* mergeInSteps(lists: readonly (readonly Family[])[]): Generator<void, MergedFamilies> {
  const merges = new Map<string, FamilyMerge>();
  const owners = new Map<string, string>();
  const conflicts = new Map<string, MergeConflict>();
  const report = (conflict: MergeConflict): void => {
    const key = `${conflict.kind} ${conflict.metric}`;
    if (!conflicts.has(key)) conflicts.set(key, conflict);
  };
  for (const [place, list] of lists.entries()) {
    for (const family of list) {
      const merge = merges.get(family.name) ?? claim(family, place, owners, report);
      if (merge === undefined) continue;
      merges.set(family.name, merge);
      yield* merge.add(family, place, report);
    }
  }
  return { families: [...merges.values()].map((merge) => merge.result()), conflicts: [...conflicts.values()] };
}

/** A merge for this family, unless another one's samples have one of its names: two of a name spoil the whole scrape. */
function claim(
  family: Family,
  place: number,
  owners: Map<string, string>,
  report: (conflict: MergeConflict) => void,
): FamilyMerge | undefined {
  const names = sampleNames(family);
  for (const name of names) {
    const owner = owners.get(name);
    if (owner === undefined) continue;
    report({ metric: family.name, kind: "name", why: `its samples would be mixed up with those of "${owner}"` });
    return undefined;
  }
  for (const name of names) owners.set(name, family.name);
  return new FamilyMerge(family, place);
}

/** One family under way. */
class FamilyMerge {
  readonly #first: Family;
  readonly #firstPlace: number;
  readonly #aggregation: Aggregation;
  /** The first holder's; others' histograms must have the same. */
  #bounds: readonly number[] | undefined;
  readonly #scalars = new Map<string, Part<ScalarSeries>>();
  readonly #histograms = new Map<string, Part<HistogramSeries>>();
  readonly #summaries = new Map<string, Part<SummarySeries>>();

  constructor(first: Family, place: number) {
    this.#first = first;
    this.#firstPlace = place;
    this.#aggregation = ruleOf(first);
  }

  *add(family: Family, place: number, report: (conflict: MergeConflict) => void): Generator<void> {
    if (family.type !== this.#first.type) {
      report({
        metric: family.name,
        kind: "type",
        why: `it is a ${this.#first.type} in one process, a ${family.type} in another`,
      });
      return;
    }
    switch (family.type) {
      case "histogram":
        for (const series of family.series) {
          this.#addHistogram(series, place, report);
          yield;
        }
        return;
      case "summary":
        for (const series of family.series) {
          addTo(this.#summaries, series, joinSummaries);
          yield;
        }
        return;
      default:
        if (this.#aggregation === "omit" && place > 0) return;
        for (const series of family.series) {
          addTo(this.#scalars, series, (a, b) => joinScalars(a, b, this.#aggregation));
          yield;
        }
    }
  }

  result(): Family {
    const first = this.#first;
    if (first.type === "histogram") return { ...first, series: seriesOf(this.#histograms) };
    if (first.type === "summary") return { ...first, series: seriesOf(this.#summaries) };
    if (this.#aggregation !== "average") return { ...first, series: seriesOf(this.#scalars) };
    const averages = [...this.#scalars.values()].map(({ series, holders }) =>
      holders === 1 ? series : { ...series, value: series.value / holders },
    );
    return { ...first, series: averages };
  }

  #addHistogram(series: HistogramSeries, place: number, report: (conflict: MergeConflict) => void): void {
    this.#bounds ??= series.bounds;
    if (place === this.#firstPlace || sameNumbers(series.bounds, this.#bounds)) {
      const joined = addTo(this.#histograms, series, joinHistograms);
      if (joined) return;
    }
    report({ metric: this.#first.name, kind: "bounds", why: "its buckets differ between processes" });
  }
}

/** Adds one series. `join` gives `undefined` where the two do not fit; the first stays. @returns false if so */
function addTo<S extends AnySeries>(
  parts: Map<string, Part<S>>,
  series: S,
  join: (a: S, b: S) => S | undefined,
): boolean {
  const key = labelKey(series.labels);
  const part = parts.get(key);
  if (part === undefined) {
    parts.set(key, { series, holders: 1 });
    return true;
  }
  const joined = join(part.series, series);
  if (joined === undefined) return false;
  part.series = joined;
  part.holders++;
  return true;
}

function seriesOf<S>(parts: ReadonlyMap<string, Part<S>>): S[] {
  return [...parts.values()].map((part) => part.series);
}

function ruleOf(family: Family): Aggregation {
  if (family.type === "counter") return "sum";
  return family.type === "info" ? "max" : family.aggregation;
}

function joinScalars(a: ScalarSeries, b: ScalarSeries, rule: Aggregation): ScalarSeries {
  return {
    labels: a.labels,
    value: joinValues(a.value, b.value, rule),
    createdMs: earlier(a.createdMs, b.createdMs),
    exemplar: newer(a.exemplar, b.exemplar),
  };
}

/** As PromQL's `min` and `max` do, those leave out what is not a number, unless nothing else is there. */
function joinValues(a: number, b: number, rule: Aggregation): number {
  switch (rule) {
    case "sum":
    case "average": // divided at the end
      return a + b;
    case "min":
      return Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b);
    case "max":
      return Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b);
    case "first":
    case "omit":
      return a;
  }
}

function joinHistograms(a: HistogramSeries, b: HistogramSeries): HistogramSeries | undefined {
  if (!sameNumbers(a.bounds, b.bounds)) return undefined;
  const exemplars =
    a.exemplars === undefined || b.exemplars === undefined
      ? (a.exemplars ?? b.exemplars)
      : a.counts.map((_, bucket) => newer(a.exemplars?.[bucket], b.exemplars?.[bucket]));
  return {
    labels: a.labels,
    bounds: a.bounds,
    counts: a.counts.map((count, bucket) => count + (b.counts[bucket] ?? 0)),
    sum: a.sum + b.sum,
    createdMs: earlier(a.createdMs, b.createdMs),
    exemplars,
  };
}

/** Quantiles of several processes cannot be made one: they are left out, sum and count stay. */
function joinSummaries(a: SummarySeries, b: SummarySeries): SummarySeries {
  return { labels: a.labels, quantiles: [], sum: a.sum + b.sum, count: a.count + b.count };
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}

function newer(a: Exemplar | undefined, b: Exemplar | undefined): Exemplar | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.timestampMs > a.timestampMs ? b : a;
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((value, place) => value === b[place]));
}
