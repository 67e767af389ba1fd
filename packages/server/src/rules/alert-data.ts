/**
 * Whether there are data by which an alert could be over. An alert ends when its rule's query no longer gives it: because all is
 * well, or because the series that the query reads have gone. Only the first is good news.
 */
import type { Alert, AlertingRule, RuleGroup } from "@haltwatch/rules";
import type { Labels, Series, Store } from "@haltwatch/store";
import { selectorsBehind, seriesOf } from "./rule-selectors.ts";

/** A query takes a series' last sample for as long as this, milliseconds. Source: Prometheus, `--query.lookback-delta`. */
const LOOKBACK_MS = 5 * 60_000;

/**
 * For each selector: whether it has a series that agrees with the alert's labels (`own`), has one at all (`any`), or none.
 */
export type AlertData = readonly ("own" | "any" | "none")[];

/** Looks at a rule's series at most once, however many alerts ask. */
export type LookForData = (alert: Alert) => AlertData;

export function dataLooker(
  store: Store,
  groups: () => readonly RuleGroup[],
): (rule: AlertingRule, timeMs: number) => LookForData {
  return (rule, timeMs) => {
    let looked: SelectorData[] | undefined;
    return ({ labels }) => {
      looked ??= selectorsBehind(rule, groups()).map((one) => new SelectorData(fresh(seriesOf(store, one), timeMs)));
      const names = [...labels].map(([name]) => name).filter((name) => name !== "alertname" && !rule.labels.has(name));
      return looked.map((data) => data.of(labels, names));
    };
  };
}

/** Whether what was there when it fired is there now. */
export function isAsThere(now: AlertData, before: AlertData): boolean {
  if (now.length !== before.length) return true; // the rule is another one
  return before.every((had, index) => had === "none" || now[index] === "own" || now[index] === had);
}

class SelectorData {
  readonly #series: readonly Labels[];
  /** By the names of labels that are asked for: which values there are, by the names that a series has of them. */
  readonly #known = new Map<string, Map<string, { readonly names: readonly string[]; readonly values: Set<string> }>>();

  constructor(series: readonly Labels[]) {
    this.#series = series;
  }

  of(labels: Labels, names: readonly string[]): "own" | "any" | "none" {
    if (this.#series.length === 0) return "none";
    for (const { names: shared, values } of this.#byNames(names).values())
      if (values.has(valuesOf(labels, shared))) return "own";
    return "any";
  }

  #byNames(names: readonly string[]): Map<string, { readonly names: readonly string[]; readonly values: Set<string> }> {
    const key = JSON.stringify(names);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = new Map<string, { readonly names: readonly string[]; readonly values: Set<string> }>();
    for (const labels of this.#series) {
      const shared = names.filter((name) => labels.has(name));
      const sharedKey = JSON.stringify(shared);
      const group = made.get(sharedKey) ?? { names: shared, values: new Set() };
      group.values.add(valuesOf(labels, shared));
      made.set(sharedKey, group);
    }
    this.#known.set(key, made);
    return made;
  }
}

function fresh(series: readonly Series[], timeMs: number): Labels[] {
  return series.filter(({ isStale, lastMs }) => !isStale && lastMs > timeMs - LOOKBACK_MS).map(({ labels }) => labels);
}

function valuesOf(labels: Labels, names: readonly string[]): string {
  return JSON.stringify(names.map((name) => labels.get(name)));
}
