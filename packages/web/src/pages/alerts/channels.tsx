/** Whether people can be told at all: an alert that nobody hears is none. */
import type { JSX } from "preact";
import { countText } from "../../elements/amount.ts";
import { Badge } from "../../elements/health.tsx";
import { RelativeTime } from "../../elements/relative-time.tsx";
import { useResource } from "../../elements/use-resource.ts";
import { usePage } from "../../shell/page-context.ts";

const REFRESH_MS = 10_000;

export function Channels(): JSX.Element | null {
  const { haltwatch } = usePage();
  const { data } = useResource("channels", (signal) => haltwatch.channels({ signal }), { everyMs: REFRESH_MS });
  if (data === undefined) return null;
  return (
    <section class="hw-section" aria-labelledby="channels">
      <h2 id="channels">Who is told</h2>
      {data.length === 0 ? (
        <p>
          <Badge tone="warning" text="nobody" /> Alerts stand here and in the log only. Name a channel under{" "}
          <code>[notify]</code> in haltwatch.toml, then try it: <code>npx haltwatch notify test</code>
        </p>
      ) : (
        <ul class="hw-alerts-channels">
          {data.map(({ receiver, channel, isDown, lastError, failingSince, waiting, dead }) => (
            <li key={`${receiver} ${channel}`}>
              <Badge tone={isDown ? "critical" : waiting > 0 ? "warning" : "ok"} text={`${receiver}: ${channel}`} />
              {isDown ? (
                <span>
                  down <RelativeTime time={failingSince} as="since" />
                  {lastError === undefined ? "" : `: ${lastError}`}
                </span>
              ) : null}
              {waiting > 0 ? <span class="hw-muted">{countText(waiting, "message")} waiting</span> : null}
              {dead > 0 ? (
                <span>
                  {countText(dead, "message")} could not be told: <code>npx haltwatch notify dead-letters</code>
                </span>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
