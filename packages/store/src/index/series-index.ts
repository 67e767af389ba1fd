/** Finds series by their labels: for each label's value, the series that have it. Source: Prometheus, tsdb/index/postings.go. */
import type { Labels } from "../labels/labels.ts";
import { compileMatcher, type LabelMatcher } from "../labels/matcher.ts";
import type { Series } from "../series.ts";

/** Selections that are remembered until a series comes or goes: rules and dashboards ask the same again and again. */
const MAX_REMEMBERED = 1_000;

/** Most series of all that is remembered: a selection of everything may be large. */
const MAX_REMEMBERED_SERIES = 1_000_000;

interface Test {
  readonly name: string;
  readonly matches: (value: string) => boolean;
  readonly matcher: LabelMatcher;
}

export class SeriesIndex {
  readonly #byKey = new Map<string, Series>();
  readonly #byRef = new Map<number, Series>();
  readonly #byLabel = new Map<string, Map<string, Set<Series>>>();
  readonly #remembered = new Map<string, readonly Series[]>();
  #rememberedSeries = 0;

  get size(): number {
    return this.#byRef.size;
  }

  get(labels: Labels): Series | undefined {
    return this.#byKey.get(labels.key);
  }

  byRef(ref: number): Series | undefined {
    return this.#byRef.get(ref);
  }

  /** In the order in which they came. */
  all(): Iterable<Series> {
    return this.#byRef.values();
  }

  add(series: Series): void {
    this.#forgetSelections();
    this.#byKey.set(series.labels.key, series);
    this.#byRef.set(series.ref, series);
    for (const [name, value] of series.labels) {
      let values = this.#byLabel.get(name);
      if (values === undefined) {
        values = new Map();
        this.#byLabel.set(name, values);
      }
      const having = values.get(value);
      if (having === undefined) values.set(value, new Set([series]));
      else having.add(series);
    }
  }

  remove(series: Series): void {
    this.#forgetSelections();
    this.#byKey.delete(series.labels.key);
    this.#byRef.delete(series.ref);
    for (const [name, value] of series.labels) {
      const values = this.#byLabel.get(name);
      const having = values?.get(value);
      having?.delete(series);
      if (having?.size === 0) values?.delete(value);
      if (values?.size === 0) this.#byLabel.delete(name);
    }
  }

  /** Series that all matchers match. */
  select(matchers: readonly LabelMatcher[]): readonly Series[] {
    const key = JSON.stringify(matchers.map(({ name, operator, value }) => [name, operator, value]));
    const remembered = this.#remembered.get(key);
    if (remembered !== undefined) return remembered;
    const found = this.#find(matchers);
    const isMuch = this.#rememberedSeries + found.length > MAX_REMEMBERED_SERIES;
    if (isMuch || this.#remembered.size >= MAX_REMEMBERED) this.#forgetSelections();
    this.#remembered.set(key, found);
    this.#rememberedSeries += found.length;
    return found;
  }

  labelNames(): string[] {
    return [...this.#byLabel.keys()].sort();
  }

  labelValues(name: string): string[] {
    return [...(this.#byLabel.get(name)?.keys() ?? [])].sort();
  }

  /** How many series have each value of the label. */
  countByValue(name: string): Map<string, number> {
    return new Map([...(this.#byLabel.get(name) ?? [])].map(([value, having]) => [value, having.size]));
  }

  #forgetSelections(): void {
    this.#remembered.clear();
    this.#rememberedSeries = 0;
  }

  /** The fewest series that one matcher leaves are tested for the others. */
  #find(matchers: readonly LabelMatcher[]): Series[] {
    const tests = matchers.map((matcher) => ({ name: matcher.name, matches: remembering(matcher), matcher }));
    let candidates: Iterable<Series> = this.#byRef.values();
    let fewest = this.#byRef.size;
    let chosen: Test | undefined;
    for (const test of tests) {
      const sets = this.#having(test);
      if (sets === undefined) continue;
      const count = sets.reduce((sum, { size }) => sum + size, 0);
      if (count > fewest || (count === fewest && chosen !== undefined)) continue;
      fewest = count;
      chosen = test;
      candidates = sets.length === 1 && sets[0] !== undefined ? sets[0] : inOrder(sets);
    }
    const found: Series[] = [];
    for (const series of candidates) {
      if (tests.every((test) => test === chosen || test.matches(series.labels.get(test.name)))) found.push(series);
    }
    return found;
  }

  /** Series by value, of the values that are matched; `undefined` if those without the label are, too. */
  #having({ name, matches, matcher }: Test): Set<Series>[] | undefined {
    if (matches("")) return undefined;
    const values = this.#byLabel.get(name);
    if (values === undefined) return [];
    if (matcher.operator === "=") {
      const having = values.get(matcher.value);
      return having === undefined ? [] : [having];
    }
    const sets: Set<Series>[] = [];
    for (const [value, having] of values) if (matches(value)) sets.push(having);
    return sets;
  }
}

/** A regular expression is tried once for each value. */
function remembering(matcher: LabelMatcher): (value: string) => boolean {
  const matches = compileMatcher(matcher);
  if (matcher.operator === "=" || matcher.operator === "!=") return matches;
  const known = new Map<string, boolean>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const result = matches(value);
    known.set(value, result);
    return result;
  };
}

function inOrder(sets: readonly Set<Series>[]): Series[] {
  return sets.flatMap((set) => [...set]).sort((a, b) => a.ref - b.ref);
}
