/** All alerting rules in force, whether they fire or not. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { AlertingRuleAnswer, RuleGroupAnswer } from "../../api/answers.ts";
import { countText } from "../../elements/amount.ts";
import { Badge, severityTone, severityWord } from "../../elements/health.tsx";
import { Icon } from "../../elements/icon.tsx";
import { Empty } from "../../elements/notes.tsx";
import { matchesSearch } from "../../elements/search-field.tsx";
import { RuleDetails } from "./rule-details.tsx";

export interface RuleListProps {
  readonly groups: readonly RuleGroupAnswer[];
  readonly search: string;
}

export function RuleList({ groups, search }: RuleListProps): JSX.Element {
  const shown = groups
    .map((group) => ({
      group,
      rules: group.rules.filter(({ name, query, labels, annotations }) =>
        matchesSearch(search, [name, query, group.name, ...Object.values(labels), ...Object.values(annotations)]),
      ),
    }))
    .filter(({ rules }) => rules.length > 0);
  return (
    <section class="hw-section" aria-labelledby="rules">
      <h2 id="rules">Rules</h2>
      {shown.length === 0 ? (
        <Empty title={search === "" ? "There are no rules" : "No rule matches"}>
          {search === "" ? (
            <p>
              Enable a pack (<code>[packs] enabled = ["arbitrage"]</code>), or name files under <code>[rules]</code> in
              haltwatch.toml.
            </p>
          ) : undefined}
        </Empty>
      ) : null}
      {shown.map(({ group, rules }) => (
        <details key={`${group.file} ${group.name}`} class="hw-rules-group" open={search !== "" ? true : undefined}>
          <summary>
            <h3>{group.name}</h3>
            <span class="hw-muted hw-small">
              {countText(rules.length, "rule")}, every {group.interval} s
            </span>
            <GroupState rules={rules} />
          </summary>
          <ul class="hw-rules">
            {rules.map((rule) => (
              <RuleLine key={`${rule.name} ${rule.query}`} rule={rule} group={group} />
            ))}
          </ul>
        </details>
      ))}
    </section>
  );
}

function GroupState({ rules }: { readonly rules: readonly AlertingRuleAnswer[] }): JSX.Element {
  const failing = rules.filter(({ health }) => health === "err").length;
  const firing = rules.filter(({ state }) => state === "firing");
  if (failing > 0) return <Badge tone="critical" text={`${failing} cannot be evaluated`} isSolid />;
  if (firing.length === 0) return <Badge tone="ok" text="quiet" />;
  const tones = firing.map(({ labels }) => severityTone(labels["severity"]));
  return <Badge tone={tones.includes("critical") ? "critical" : "warning"} text={`${firing.length} firing`} />;
}

function RuleLine({
  rule,
  group,
}: {
  readonly rule: AlertingRuleAnswer;
  readonly group: RuleGroupAnswer;
}): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const { name, state, labels, health } = rule;
  const action = labels["action"];
  const isQuiet = health !== "err" && state !== "firing" && state !== "pending";
  return (
    <li>
      <button type="button" class="hw-rule-line" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name="arrow" />
        <span class="hw-rule-name">{name}</span>
        <span class="hw-rule-badges">
          {action === "pause" || action === "reduce" ? (
            <Badge
              tone="paused"
              icon={action === "pause" ? "paused" : "reducing"}
              text={`${action}s`}
              isQuiet={isQuiet}
            />
          ) : null}
          <Badge tone={severityTone(labels["severity"])} text={severityWord(labels["severity"])} isQuiet={isQuiet} />
          {health === "err" ? (
            <Badge tone="critical" text="fails" isSolid />
          ) : state === "firing" ? (
            <Badge tone={severityTone(labels["severity"])} text="fires" isSolid />
          ) : state === "pending" ? (
            <Badge tone="warning" text="pending" />
          ) : (
            <Badge tone="ok" text="quiet" />
          )}
        </span>
      </button>
      {isOpen ? <RuleDetails name={name} rule={rule} group={group} /> : null}
    </li>
  );
}
