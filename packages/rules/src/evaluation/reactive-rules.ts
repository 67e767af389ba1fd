/**
 * Rules that must not wait for their interval: those whose alerts pause a bot. As soon as a sample that they read arrives they
 * are evaluated, and before them the recording rules whose results they read. What only time can change is left to the
 * interval.
 *
 * A rule on what changes a thousand times a second would leave no time for anything else, and bots would lose their leases: all
 * of them together get a share of the time. The first sample after a rest is still acted upon at once.
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

/** A rule rests so many times as long as an evaluation of all of them takes: they have a fifth of the time at most. */
const REST_FACTOR = 4;

interface Reactive {
  readonly rule: Rule;
  readonly group: RuleGroup;
  /** `undefined`: any metric. */
  readonly reads: ReadonlySet<string> | undefined;
  /** How long its last two evaluations took, milliseconds. One alone may be long because the machine was busy. */
  readonly tookMs: [number, number];
  /** By the stopwatch. */
  restsUntilMs: number;
}

export class ReactiveRules {
  /** In the order in which they are evaluated: what is recorded comes before what reads it. */
  readonly #rules: readonly Reactive[];
  readonly #touched = new Set<Reactive>();
  readonly #stopwatch: () => number;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** @param stopwatch a clock that only ever goes on, milliseconds */
  constructor(groups: readonly RuleGroup[], stopwatch: () => number = () => performance.now()) {
    this.#rules = reactiveRules(groups);
    this.#stopwatch = stopwatch;
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

  /** How long until something that was touched has rested, milliseconds; `undefined` if nothing waits. */
  get waitMs(): number | undefined {
    if (this.#touched.size === 0) return undefined;
    const soonest = [...this.#touched].reduce(
      (least, { restsUntilMs }) => Math.min(least, restsUntilMs),
      Number.POSITIVE_INFINITY,
    );
    return Math.max(0, soonest - this.#stopwatch());
  }

  /**
   * Evaluates what was touched and does not rest, and what reads its results. What rests stays touched: see {@link waitMs}.
   *
   * @param timeMs now, Unix milliseconds; if an evaluation has had that time, the next one is taken
   * @param beforeWriting called with the group as soon as it is known what of a rule fires: what is written of it, and what it makes
   *   others do, must not hold up a pause
   * @returns the groups of what was evaluated
   */
  evaluate(timeMs: number, beforeWriting: (group: RuleGroup) => void = () => undefined): ReadonlySet<RuleGroup> {
    const groups = new Set<RuleGroup>();
    if (this.#touched.size === 0) return groups;
    const newest = this.#rules.reduce((last, { rule }) => Math.max(last, evaluatedMs(rule)), this.#lastMs);
    const atMs = Math.max(timeMs, newest + 1);
    const evaluated: Reactive[] = [];
    for (const one of this.#rules) {
      if (!this.#touched.has(one) || one.restsUntilMs > this.#stopwatch()) continue;
      this.#touched.delete(one);
      const beganMs = this.#stopwatch();
      let awayMs = 0;
      one.group.evaluateOnly(new Set([one.rule]), atMs, () => {
        const leftMs = this.#stopwatch();
        beforeWriting(one.group);
        awayMs += this.#stopwatch() - leftMs; // a disk that is waited for is no reason to rest
      });
      one.tookMs.push(this.#stopwatch() - beganMs - awayMs);
      one.tookMs.shift();
      evaluated.push(one);
      groups.add(one.group);
      if (one.rule.kind === "record") this.touch([one.rule.name]);
    }
    if (evaluated.length > 0) this.#lastMs = atMs;
    const restsUntilMs = this.#stopwatch() + REST_FACTOR * this.#allTakeMs();
    for (const one of evaluated) one.restsUntilMs = restsUntilMs;
    return groups;
  }

  #allTakeMs(): number {
    return this.#rules.reduce((sum, { tookMs }) => sum + Math.min(...tookMs), 0);
  }
}

function evaluatedMs({ health }: Rule): number {
  return health.kind === "unknown" ? Number.NEGATIVE_INFINITY : health.timeMs;
}

/** Pause rules, and recording rules that they read, directly or through others. */
function reactiveRules(groups: readonly RuleGroup[]): Reactive[] {
  const all = groups.flatMap((group) =>
    group.rules.map((rule): Reactive => {
      return { rule, group, reads: metricNames(rule.query), tookMs: [0, 0], restsUntilMs: Number.NEGATIVE_INFINITY };
    }),
  );
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
