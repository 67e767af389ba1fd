/**
 * Rules that must not wait for their interval: those whose alerts pause a bot. As soon as a sample that they read arrives they
 * are evaluated, and before them the recording rules whose results they read. What only time can change is left to the
 * interval.
 */
import type { AlertingRule } from "./alerting-rule.ts";
import { metricNames } from "./metric-names.ts";
import type { Rule, RuleGroup } from "./rule-group.ts";

/** The label that says what a firing alert does: `action: pause`, or `action: reduce`. */
const ACTION_LABEL = "action";

const ACTIONS: ReadonlySet<string> = new Set(["pause", "reduce"]);

/** True for rules whose alerts stop bots. */
export function isPauseRule(rule: Rule): rule is AlertingRule {
  return rule.kind === "alert" && ACTIONS.has(rule.labels.get(ACTION_LABEL) ?? "");
}

interface Reactive {
  readonly rule: Rule;
  readonly group: RuleGroup;
  /** `undefined`: any metric. */
  readonly reads: ReadonlySet<string> | undefined;
}

export class ReactiveRules {
  /** In the order in which they are evaluated: what is recorded comes before what reads it. */
  readonly #rules: readonly Reactive[];
  readonly #touched = new Set<Reactive>();
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(groups: readonly RuleGroup[]) {
    this.#rules = reactiveRules(groups);
  }

  /** Metrics whose samples are to be sent at once; `undefined` if those of any. */
  get metrics(): ReadonlySet<string> | undefined {
    const names = new Set<string>();
    for (const { reads } of this.#rules) {
      if (reads === undefined) return undefined;
      for (const name of reads) names.add(name);
    }
    return names;
  }

  /** Samples of these metrics have arrived. @returns whether there is something to evaluate */
  touch(metrics: Iterable<string>): boolean {
    for (const metric of metrics) {
      for (const one of this.#rules) if (one.reads === undefined || one.reads.has(metric)) this.#touched.add(one);
    }
    return this.#touched.size > 0;
  }

  /**
   * Evaluates what was touched, and what reads its results.
   *
   * @param timeMs now, Unix milliseconds; if an evaluation has had that time, the next one is taken
   * @returns the groups of what was evaluated
   */
  evaluate(timeMs: number): ReadonlySet<RuleGroup> {
    const groups = new Set<RuleGroup>();
    if (this.#touched.size === 0) return groups;
    const newest = this.#rules.reduce((last, { rule }) => Math.max(last, evaluatedMs(rule)), this.#lastMs);
    const atMs = Math.max(timeMs, newest + 1);
    for (const one of this.#rules) {
      if (!this.#touched.has(one)) continue;
      one.group.evaluateOnly(new Set([one.rule]), atMs);
      groups.add(one.group);
      if (one.rule.kind === "record") this.touch([one.rule.name]);
    }
    this.#touched.clear();
    this.#lastMs = atMs;
    return groups;
  }
}

function evaluatedMs({ health }: Rule): number {
  return health.kind === "unknown" ? Number.NEGATIVE_INFINITY : health.timeMs;
}

/** Pause rules, and recording rules that they read, directly or through others. */
function reactiveRules(groups: readonly RuleGroup[]): Reactive[] {
  const all = groups.flatMap((group) => group.rules.map((rule) => ({ rule, group, reads: metricNames(rule.query) })));
  const chosen = new Set<Reactive>();
  const choose = (one: Reactive): void => {
    if (chosen.has(one)) return;
    for (const other of all) {
      if (other.rule.kind !== "record" || other === one) continue;
      // A rule that reads any metric reads what every recording rule writes: that is not followed.
      if (one.reads?.has(other.rule.name) === true && !chosen.has(other)) choose(other);
    }
    chosen.add(one);
  };
  for (const one of all) if (isPauseRule(one.rule)) choose(one);
  return [...chosen];
}
