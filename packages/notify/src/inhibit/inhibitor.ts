/**
 * Alerts that make others not worth telling. An alert that matches a rule's target is muted while one that matches its source
 * fires, if both have the same values of the labels in `equal`. Source: Alertmanager, inhibit/inhibit.go.
 */
import type { LabelMatcher, Labels } from "@haltwatch/store/labels";
import type { KnownAlert } from "../alerts/known-alert.ts";
import { Matchers } from "../routing/matcher.ts";

export interface InhibitRule {
  readonly name?: string | undefined;
  readonly sourceMatchers: readonly LabelMatcher[];
  readonly targetMatchers: readonly LabelMatcher[];
  readonly equal: readonly string[];
}

/** A rule, and the alerts that match its source, by their values of `equal`. */
interface CompiledRule {
  readonly source: Matchers;
  readonly target: Matchers;
  readonly equal: readonly string[];
  readonly sources: Map<string, Map<string, KnownAlert>>;
}

export class Inhibitor {
  readonly #rules: readonly CompiledRule[];

  constructor(rules: readonly InhibitRule[]) {
    this.#rules = rules.map(({ sourceMatchers, targetMatchers, equal }) => ({
      source: new Matchers(sourceMatchers),
      target: new Matchers(targetMatchers),
      equal,
      sources: new Map(),
    }));
  }

  /** Takes note of an alert, new or changed. */
  add(alert: KnownAlert): void {
    for (const rule of this.#rules) {
      if (!rule.source.matches(alert.labels)) continue;
      const key = equalKey(rule, alert.labels);
      const sources = rule.sources.get(key) ?? new Map<string, KnownAlert>();
      rule.sources.set(key, sources.set(alert.labels.key, alert));
    }
  }

  /** Forgets an alert. */
  delete(alert: KnownAlert): void {
    for (const rule of this.#rules) {
      const key = equalKey(rule, alert.labels);
      const sources = rule.sources.get(key);
      if (sources?.delete(alert.labels.key) === true && sources.size === 0) rule.sources.delete(key);
    }
  }

  /** The fingerprints of what inhibits it, in order. */
  inhibitedBy(labels: Labels, nowMs: number): readonly string[] {
    const found = new Set<string>();
    for (const rule of this.#rules) {
      if (rule.sources.size === 0 || !rule.target.matches(labels)) continue;
      // What matches both sides is not inhibited by what does so, too: or alerts would inhibit themselves.
      const isTwoSided = rule.source.matches(labels);
      for (const source of rule.sources.get(equalKey(rule, labels))?.values() ?? []) {
        if (source.firesAt(nowMs) && !(isTwoSided && rule.target.matches(source.labels))) found.add(source.fingerprint);
      }
    }
    return [...found].sort();
  }
}

/** An absent label is equal to an empty or absent one. */
function equalKey({ equal }: CompiledRule, labels: Labels): string {
  return JSON.stringify(equal.map((name) => labels.get(name)));
}
