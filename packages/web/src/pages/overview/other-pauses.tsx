/** Pauses that are about no bot that is known here: a venue's, a strategy's, of a bot that is not there. They hold all the same. */
import type { JSX } from "preact";
import { Badge, tradingBadge } from "../../elements/health.tsx";
import { RelativeTime } from "../../elements/relative-time.tsx";
import { botOf } from "../../live/pause-scope.ts";
import { usePage } from "../../shell/page-context.ts";

export function OtherPauses(): JSX.Element | null {
  const { dialogs, live } = usePage();
  const bots = live.overview.value?.bots ?? [];
  const known = new Set(bots.flatMap(({ pauses }) => pauses.map(({ epoch }) => epoch)));
  // One for all bots is on each of their cards, and is lifted here.
  const others = live.pauses.value.filter(({ epoch, scope }) => !known.has(epoch) || botOf(scope) === undefined);
  if (others.length === 0) return null;
  return (
    <section class="hw-card hw-overview-pauses" aria-label="Pauses of more than one bot">
      <ul>
        {others.map((pause) => (
          <li key={pause.epoch}>
            <Badge {...tradingBadge(pause.state)} />
            <p>
              <strong>{pause.scope === "all" ? "Everything" : pause.scope}</strong> by {pause.rule ?? pause.by}{" "}
              <RelativeTime time={pause.time} as="since" />: {pause.reason}
            </p>
            <button
              type="button"
              class="hw-button"
              onClick={() => dialogs.show({ kind: "arm", scope: pause.scope })}
              aria-label={`Arm ${pause.scope}…`}
            >
              Arm…
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
