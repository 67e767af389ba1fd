/** Alerts as the page shows them: each rule's alerts, with who silences them, worst first. */
import type {
  ActiveAlert,
  AlertingRuleAnswer,
  LabelSet,
  RuleGroupAnswer,
  SilenceAnswer,
  ToldAlert,
} from "../../api/answers.ts";
import { severityTone, type Tone } from "../../elements/health.tsx";

export interface ShownAlert {
  readonly key: string;
  readonly name: string;
  readonly state: "firing" | "pending" | "silenced";
  readonly tone: Tone;
  readonly severity: string | undefined;
  readonly labels: LabelSet;
  readonly annotations: LabelSet;
  readonly since: string;
  readonly value: string | undefined;
  /** `undefined` for one that somebody else posted: a real Prometheus. */
  readonly rule: AlertingRuleAnswer | undefined;
  readonly group: RuleGroupAnswer | undefined;
  readonly silences: readonly SilenceAnswer[];
}

export interface AlertSources {
  readonly groups: readonly RuleGroupAnswer[];
  readonly told: readonly ToldAlert[];
  readonly silences: readonly SilenceAnswer[];
}

const ORDER: Readonly<Record<Tone, number>> = { paused: 0, critical: 0, warning: 1, info: 2, unknown: 3, ok: 4 };

/** Rules' own alerts, and those that were posted to Haltwatch. */
export function shownAlerts({ groups, told, silences }: AlertSources): readonly ShownAlert[] {
  const byLabels = new Map(told.map((alert) => [labelKey(alert.labels), alert]));
  const own = groups.flatMap((group) =>
    group.rules.flatMap((rule) =>
      rule.alerts
        .filter(({ state }) => state !== "inactive")
        .map((alert) => ownAlert(alert, rule, group, silences, byLabels.get(labelKey(alert.labels)))),
    ),
  );
  const known = new Set(own.map(({ key }) => key));
  const posted = told.filter(({ labels }) => !known.has(labelKey(labels))).map((alert) => postedAlert(alert, silences));
  return [...own, ...posted].sort(
    (a, b) => ORDER[a.tone] - ORDER[b.tone] || Date.parse(b.since) - Date.parse(a.since) || (a.key < b.key ? -1 : 1),
  );
}

function ownAlert(
  { labels, annotations, state, activeAt, value }: ActiveAlert,
  rule: AlertingRuleAnswer,
  group: RuleGroupAnswer,
  silences: readonly SilenceAnswer[],
  told: ToldAlert | undefined,
): ShownAlert {
  const matching = silencesOf(labels, silences, told);
  const severity = labels["severity"];
  return {
    key: labelKey(labels),
    name: rule.name,
    state: state === "pending" ? "pending" : matching.length > 0 ? "silenced" : "firing",
    tone: severityTone(severity),
    ...{ severity, labels, annotations, since: activeAt, value, rule, group, silences: matching },
  };
}

function postedAlert(alert: ToldAlert, silences: readonly SilenceAnswer[]): ShownAlert {
  const { labels, annotations, startsAt } = alert;
  const matching = silencesOf(labels, silences, alert);
  const severity = labels["severity"];
  return {
    key: labelKey(labels),
    name: labels["alertname"] ?? "without a name",
    state: matching.length > 0 ? "silenced" : "firing",
    tone: severityTone(severity),
    ...{ severity, labels, annotations, since: startsAt, value: undefined },
    ...{ rule: undefined, group: undefined, silences: matching },
  };
}

/** As Haltwatch says, and, until it has said so, as the silence's own matchers say. */
function silencesOf(
  labels: LabelSet,
  silences: readonly SilenceAnswer[],
  told: ToldAlert | undefined,
): readonly SilenceAnswer[] {
  return silences.filter(
    (silence) =>
      silence.status.state === "active" &&
      ((told?.status.silencedBy.includes(silence.id) ?? false) || matchesPlainly(labels, silence)),
  );
}

/** Regular expressions are Haltwatch's own matter: RE2 is not JavaScript's. */
function matchesPlainly(labels: LabelSet, { matchers }: SilenceAnswer): boolean {
  return matchers.every(
    ({ name, value, isRegex, isEqual = true }) => !isRegex && ((labels[name] ?? "") === value) === isEqual,
  );
}

function labelKey(labels: LabelSet): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
