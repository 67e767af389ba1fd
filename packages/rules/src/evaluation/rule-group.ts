/**
 * Rules that are evaluated together, one after the other, each seeing what those before it wrote. It has no clock: whoever
 * drives it says when. Source: Prometheus, rules/group.go.
 */
import type { EvaluationOptions } from "@haltwatch/promql";
import type { Labels, SeriesReader } from "@haltwatch/store";
import type { RuleGroupConfig } from "../files/rule-file.ts";
import { AlertingRule, type AlertSurroundings } from "./alerting-rule.ts";
import { RecordingRule } from "./recording-rule.ts";
import { DEFAULT_RESTORE, type RestoreOptions, restoreForState } from "./restore-for-state.ts";
import type { WrittenSample } from "./rule.ts";
import { RuleEvaluationError } from "./rule-evaluation-error.ts";
import type { SampleSink } from "./sample-sink.ts";

export type Rule = RecordingRule | AlertingRule;

export interface RuleGroupOptions extends Partial<AlertSurroundings> {
  readonly reader: SeriesReader;
  readonly sink: SampleSink;
  /** For groups that do not say how often they are evaluated. */
  readonly defaultIntervalMs: number;
  readonly defaultQueryOffsetMs?: number | undefined;
  readonly queryOptions?: EvaluationOptions | undefined;
  readonly restore?: RestoreOptions | undefined;
  /** A clock that only ever goes on, milliseconds: for durations. */
  readonly stopwatch?: (() => number) | undefined;
}

export class RuleGroup {
  readonly file: string;
  readonly name: string;
  readonly intervalMs: number;
  readonly queryOffsetMs: number;
  readonly limit: number;
  readonly rules: readonly Rule[];
  readonly #options: RuleGroupOptions;
  /** For each rule: what it wrote last, by key. What is no longer written is marked stale. */
  readonly #written: Map<string, Labels>[];
  /** Series of rules that are gone. */
  #orphans: Labels[] = [];

  constructor(file: string, config: RuleGroupConfig, options: RuleGroupOptions) {
    this.file = file;
    this.name = config.name;
    this.intervalMs = config.intervalMs || options.defaultIntervalMs;
    this.queryOffsetMs = config.queryOffsetMs ?? options.defaultQueryOffsetMs ?? 0;
    this.limit = config.limit;
    this.#options = options;
    const surroundings = { externalLabels: options.externalLabels ?? {}, externalUrl: options.externalUrl ?? "" };
    this.rules = config.rules.map((rule) =>
      rule.kind === "record"
        ? new RecordingRule(rule, config.labels)
        : new AlertingRule(rule, surroundings, config.labels),
    );
    this.#written = this.rules.map(() => new Map());
  }

  get alertingRules(): readonly AlertingRule[] {
    return this.rules.filter((rule) => rule.kind === "alert");
  }

  /** Evaluates all rules for this time. A rule that fails says so in its `health`, and the others go on. */
  evaluate(timeMs: number): void {
    for (const index of this.rules.keys()) this.#evaluateRule(index, timeMs);
    this.#markOrphans(timeMs - this.queryOffsetMs);
  }

  /**
   * Evaluates some of the rules between two evaluations of all, in the group's order. The time must be after that of any
   * evaluation before.
   *
   * @param beforeWriting called when it is known what of a rule fires, and nothing of it is written yet
   */
  evaluateOnly(rules: ReadonlySet<Rule>, timeMs: number, beforeWriting?: () => void): void {
    for (const [index, rule] of this.rules.entries()) {
      if (rules.has(rule)) this.#evaluateRule(index, timeMs, beforeWriting);
    }
  }

  #evaluateRule(index: number, timeMs: number, beforeWriting: () => void = () => undefined): void {
    const { reader, queryOptions, stopwatch = () => performance.now() } = this.#options;
    const { queryOffsetMs, limit } = this;
    const rule = this.rules[index] as Rule; // an index of the group
    let startMs = stopwatch();
    let error: Error | undefined;
    try {
      const samples = rule.evaluate({ reader, timeMs, queryOffsetMs, limit, queryOptions });
      const foundMs = stopwatch();
      beforeWriting();
      startMs += stopwatch() - foundMs; // what others do meanwhile is not the rule's
      error = this.#write(index, samples, timeMs - queryOffsetMs);
    } catch (thrown) {
      error = thrown instanceof Error ? thrown : new Error(String(thrown));
    }
    const durationMs = stopwatch() - startMs;
    rule.health = error === undefined ? { kind: "ok", timeMs, durationMs } : { kind: "err", timeMs, durationMs, error };
  }

  /** To be called once after a restart, when the group has been evaluated at least once. Until then alerts are not written. */
  restoreForState(timeMs: number): void {
    const { reader, restore = DEFAULT_RESTORE } = this.#options;
    for (const rule of this.alertingRules) restoreForState(rule, reader, timeMs, restore);
  }

  /** There is no state to be found: alerts are written from now on. */
  startAfresh(): void {
    for (const rule of this.alertingRules) rule.isRestored = true;
  }

  /**
   * Takes over alerts, and what was written, from the group that this one replaces. Rules are the same if name and labels
   * are; of several the first goes with the first. Series of rules that are gone end at the next evaluation.
   */
  takeOver(from: RuleGroup): void {
    const unmatched = new Map<string, number[]>();
    for (const [index, rule] of from.rules.entries()) {
      const key = identity(rule);
      unmatched.set(key, [...(unmatched.get(key) ?? []), index]);
    }
    for (const [index, rule] of this.rules.entries()) {
      const other = unmatched.get(identity(rule))?.shift();
      const old = other === undefined ? undefined : from.rules[other];
      if (other === undefined || old === undefined) continue;
      this.#written[index] = from.#written[other] ?? new Map();
      if (rule.kind !== "alert" || old.kind !== "alert") continue;
      rule.takeOver(old);
      rule.isRestored = old.isRestored;
    }
    this.#orphans = [...from.#orphans];
    for (const index of [...unmatched.values()].flat()) this.#orphans.push(...(from.#written[index]?.values() ?? []));
  }

  /** The group is gone: all its series end. */
  end(timeMs: number): void {
    for (const written of this.#written) {
      this.#orphans.push(...written.values());
      written.clear();
    }
    this.#markOrphans(timeMs - this.queryOffsetMs);
  }

  /** Gives the last reason why a sample was not taken. */
  #write(index: number, samples: Iterable<WrittenSample>, staleMs: number): RuleEvaluationError | undefined {
    const { sink } = this.#options;
    let error: RuleEvaluationError | undefined;
    const written = new Map<string, Labels>();
    for (const { labels, timeMs, value } of samples) {
      const refusal = sink.append(labels, timeMs, value);
      if (refusal === undefined) written.set(labels.key, labels);
      else error = new RuleEvaluationError("APPEND", refusal);
    }
    for (const [key, labels] of this.#written[index] ?? []) {
      // A refusal means that another rule writes this series now.
      if (!written.has(key)) sink.appendStale(labels, staleMs);
    }
    this.#written[index] = written;
    return error;
  }

  #markOrphans(timeMs: number): void {
    for (const labels of this.#orphans) this.#options.sink.appendStale(labels, timeMs);
    this.#orphans = [];
  }
}

function identity({ name, labels }: Rule): string {
  return JSON.stringify([name, ...labels]);
}
