import type { JSX } from "preact";
import type { ServiceAnswer } from "../../api/answers.ts";
import { Badge } from "../../elements/health.tsx";
import { RelativeTime } from "../../elements/relative-time.tsx";
import { Strip } from "../../elements/strip.tsx";

const DAY_MS = 86_400_000;

export function ServiceCard({ service }: { readonly service: ServiceAnswer }): JSX.Element {
  const { name, kind, status, since, latency_ms, detail, strip_24h } = service;
  const tone = status === "ok" ? "ok" : status === "down" ? "critical" : "unknown";
  return (
    <article class={`hw-card hw-service hw-tone-${tone}`} aria-label={name}>
      <header class="hw-service-head">
        <div>
          <h3>{name}</h3>
          <p class="hw-muted hw-small">{kind}</p>
        </div>
        <Badge tone={tone} text={status === "ok" ? "answers" : status} isSolid={status === "down"} />
      </header>
      {strip_24h === undefined ? null : (
        <Strip parts={strip_24h} spanMs={DAY_MS} name={`Heartbeat of ${name}`} span="24 h" />
      )}
      <p class="hw-small">
        {since === null ? null : <RelativeTime time={since} as="since" />}
        {latency_ms === null ? null : `${since === null ? "" : ", "}${Math.round(latency_ms)} ms`}
      </p>
      {detail === null || detail === "" ? null : <p class="hw-service-detail">{detail}</p>}
    </article>
  );
}
