/** What a rule file says, read and checked. Source: Prometheus, model/rulefmt/rulefmt.go. */
import type { Position } from "./yaml-source.ts";

export interface RuleFile {
  /** As it was named to us: part of what tells groups of the same name apart. */
  readonly file: string;
  readonly groups: readonly RuleGroupConfig[];
}

export interface RuleGroupConfig {
  readonly name: string;
  /** How often it is evaluated; without it as the server says. */
  readonly intervalMs: number | undefined;
  /** How far before the evaluation's time its queries look; without it as the server says. */
  readonly queryOffsetMs: number | undefined;
  /** Most alerts or series of one rule; 0 for no limit. */
  readonly limit: number;
  /** Labels of all its rules; a rule's own go before. */
  readonly labels: ReadonlyMap<string, string>;
  readonly rules: readonly RuleConfig[];
  readonly position: Position;
}

interface RuleConfigBase {
  /** The alert's, or the recorded metric's. */
  readonly name: string;
  readonly expr: string;
  readonly labels: ReadonlyMap<string, string>;
  /** Of the expression. */
  readonly position: Position;
}

export interface RecordingRuleConfig extends RuleConfigBase {
  readonly kind: "record";
}

export interface AlertingRuleConfig extends RuleConfigBase {
  readonly kind: "alert";
  /** How long the expression has to hold before the alert fires. */
  readonly forMs: number;
  /** How long the alert goes on firing after the expression held last. */
  readonly keepFiringForMs: number;
  readonly annotations: ReadonlyMap<string, string>;
}

export type RuleConfig = RecordingRuleConfig | AlertingRuleConfig;

/** Rules of one name and the same labels: Prometheus takes them, and promtool warns. */
export interface DuplicateRule {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly positions: readonly Position[];
}

/** Source: Prometheus, cmd/promtool/main.go, checkDuplicates. */
export function duplicateRules({ groups }: RuleFile): DuplicateRule[] {
  const seen = new Map<string, { name: string; labels: ReadonlyMap<string, string>; positions: Position[] }>();
  for (const { rules } of groups) {
    for (const { name, labels, position } of rules) {
      const key = JSON.stringify([name, ...[...labels].sort(([a], [b]) => (a < b ? -1 : 1)).flat()]);
      const same = seen.get(key);
      if (same === undefined) seen.set(key, { name, labels, positions: [position] });
      else same.positions.push(position);
    }
  }
  return [...seen.values()].filter(({ positions }) => positions.length > 1);
}
