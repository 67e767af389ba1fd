/** One alert: what is wrong, since when, what to do, what was done. Its graph, rule and runbook are a click away. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Badge, severityWord } from "../../elements/health.tsx";
import { Icon } from "../../elements/icon.tsx";
import { LabelList } from "../../elements/label-list.tsx";
import { RelativeTime } from "../../elements/relative-time.tsx";
import { concerns } from "../../live/pause-scope.ts";
import { usePage } from "../../shell/page-context.ts";
import { alertEffect } from "./alert-effect.ts";
import { RuleDetails } from "./rule-details.tsx";
import type { ShownAlert } from "./shown-alert.ts";

export function AlertCard({ alert }: { readonly alert: ShownAlert }): JSX.Element {
  const { dialogs, live } = usePage();
  const [isOpen, setOpen] = useState(false);
  const { name, tone, severity, labels, annotations, since, state, rule, group, silences } = alert;
  const summary = annotations["summary"] ?? annotations["message"];
  const made = live.pauses.value.filter(
    ({ rule: cause, scope }) => cause === name && concerns(scope, labels["bot"] ?? ""),
  );
  const effect = alertEffect(labels);
  return (
    <article
      class={`hw-card hw-alert hw-tone-${state === "firing" ? tone : "unknown"}`}
      aria-label={`${name}: ${summary ?? ""}`}
    >
      <header class="hw-alert-head">
        <Badge tone={tone} text={severityWord(severity)} isSolid={state === "firing" && tone === "critical"} />
        {state === "silenced" ? <Badge tone="unknown" icon="silenced" text="silenced" /> : null}
        {state === "pending" ? <Badge tone="unknown" icon="unknown" text="pending" /> : null}
        <h3>{name}</h3>
        <span class="hw-muted hw-alert-since">
          <RelativeTime time={since} as="since" />
        </span>
      </header>
      {summary === undefined ? null : <p class="hw-alert-summary">{summary}</p>}
      {annotations["description"] === undefined ? null : <p>{annotations["description"]}</p>}
      {made.length > 0 ? (
        <div class="hw-alert-made">
          <p>
            <Icon name="paused" /> It has paused <strong>{made.map(({ scope }) => scope).join("; ")}</strong>{" "}
            <RelativeTime time={made[0]?.time} as="since" />. That stays until a person arms.
          </p>
          <button
            type="button"
            class="hw-button"
            aria-label={`Arm ${made[0]?.scope ?? ""}…`}
            onClick={() => dialogs.show({ kind: "arm", scope: made[0]?.scope ?? "" })}
          >
            Arm…
          </button>
        </div>
      ) : effect === undefined ? null : (
        <p class="hw-alert-effect">
          <Icon name={labels["action"] === "pause" ? "paused" : "reducing"} /> {effect}
        </p>
      )}
      {silences.length === 0 ? null : (
        <p class="hw-muted">
          Silenced by {silences.map(({ createdBy, comment }) => `${createdBy}: ${comment}`).join("; ")}
        </p>
      )}
      <LabelList labels={labels} without={["alertname", "severity", "action", "scope", "no_data"]} />
      <div class="hw-alert-buttons">
        <button type="button" class="hw-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          Graph, rule, runbook
        </button>
        {state === "silenced" ? null : (
          <button
            type="button"
            class="hw-button"
            aria-label={`Silence ${name}…`}
            onClick={() => dialogs.show({ kind: "silence", labels })}
          >
            Silence…
          </button>
        )}
      </div>
      {isOpen ? <RuleDetails name={name} rule={rule} group={group} labels={labels} since={since} /> : null}
    </article>
  );
}
