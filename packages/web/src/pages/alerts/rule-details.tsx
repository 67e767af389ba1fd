/** A rule from close: its graph with its limit, its expression, its section of the runbook. */
import type { JSX } from "preact";
import type { AlertingRuleAnswer, LabelSet, RuleGroupAnswer } from "../../api/answers.ts";
import { Markdown } from "../../elements/markdown.tsx";
import { Snippet } from "../../elements/snippet.tsx";
import { useResource } from "../../elements/use-resource.ts";
import { usePage } from "../../shell/page-context.ts";
import { RuleGraph } from "./rule-graph.tsx";

export interface RuleDetailsProps {
  readonly name: string;
  readonly rule: AlertingRuleAnswer | undefined;
  readonly group: RuleGroupAnswer | undefined;
  /** Of the alert; none for a rule that does not fire. */
  readonly labels?: LabelSet;
  readonly since?: string;
}

export function RuleDetails({ name, rule, group, since }: RuleDetailsProps): JSX.Element {
  return (
    <div class="hw-alert-details">
      {rule === undefined ? (
        <p class="hw-muted">It was posted by another Prometheus: its rule stands there.</p>
      ) : (
        <>
          <RuleGraph expression={rule.query} since={since} />
          <Expression rule={rule} group={group} />
        </>
      )}
      <Runbook name={name} />
    </div>
  );
}

function Expression({
  rule,
  group,
}: {
  readonly rule: AlertingRuleAnswer;
  readonly group: RuleGroupAnswer | undefined;
}): JSX.Element {
  const { query, duration, keepFiringFor, health, lastError } = rule;
  return (
    <section aria-label="Rule">
      <h4>Rule</h4>
      <Snippet isWrapped>{query}</Snippet>
      <p class="hw-muted hw-small">
        {duration > 0 ? `Fires when it holds for ${duration} s. ` : "Fires at once. "}
        {keepFiringFor > 0 ? `Ends when it has not held for ${keepFiringFor} s. ` : ""}
        {group === undefined ? "" : `Group ${group.name}, ${group.file}, every ${group.interval} s. `}
        <a href={`#/explore?${new URLSearchParams({ expr: query }).toString()}`}>Explore it</a>
      </p>
      {health === "err" ? <p class="hw-alert-error">It could not be evaluated: {lastError}</p> : null}
    </section>
  );
}

function Runbook({ name }: { readonly name: string }): JSX.Element | null {
  const { haltwatch } = usePage();
  const { data, fault } = useResource(`runbook ${name}`, (signal) => haltwatch.runbook(name, { signal }));
  if (data === undefined) return fault === undefined ? null : <p class="hw-muted">No runbook speaks of {name}.</p>;
  return (
    <section aria-label="Runbook" class="hw-alert-runbook">
      <Markdown text={data.markdown} headingLevel={4} />
    </section>
  );
}
