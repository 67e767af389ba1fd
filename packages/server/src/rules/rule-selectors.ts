/** What a rule goes by: the selectors of its query, and where one of them is what a recording rule makes, that rule's own. */
import type { VectorSelector } from "@haltwatch/promql";
import { type Rule, type RuleGroup, selectorsOf } from "@haltwatch/rules";
import { METRIC_NAME, type Series, type Store } from "@haltwatch/store";

/** What rules write of alerts comes and goes with the alerts: that it is not there says nothing. */
const WRITTEN_BY_ALERTS: ReadonlySet<string> = new Set(["ALERTS", "ALERTS_FOR_STATE"]);

/** @param groups all that are in force */
export function selectorsBehind(rule: Rule, groups: readonly RuleGroup[]): readonly VectorSelector[] {
  const recording = new Map<string, Rule[]>();
  for (const { rules } of groups) {
    for (const one of rules) {
      if (one.kind === "record") recording.set(one.name, [...(recording.get(one.name) ?? []), one]);
    }
  }
  const found: VectorSelector[] = [];
  const followed = new Set<Rule>();
  const follow = (one: Rule): void => {
    if (followed.has(one)) return;
    followed.add(one);
    for (const selector of selectorsOf(one.query)) {
      const metric = metricOf(selector);
      const makers = metric === undefined ? undefined : recording.get(metric);
      if (makers !== undefined) for (const maker of makers) follow(maker);
      else if (metric === undefined || !WRITTEN_BY_ALERTS.has(metric)) found.push(selector);
    }
  };
  follow(rule);
  return found;
}

/** All series that the store has of a selector, also those that have ended. */
export function seriesOf(store: Store, { matchers }: VectorSelector): Series[] {
  return store.seriesLabels(matchers).map((labels) => store.series(labels));
}

function metricOf({ matchers }: VectorSelector): string | undefined {
  return matchers.find(({ name, operator }) => name === METRIC_NAME && operator === "=")?.value;
}
