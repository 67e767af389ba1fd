/** The band at the top of every page: how things stand, and where to go. Calm when all is well. */
import type { JSX } from "preact";
import { toneIcon } from "../elements/health.tsx";
import { Icon } from "../elements/icon.tsx";
import { ageText } from "../elements/time-text.ts";
import { usePage } from "./page-context.ts";
import type { Standing } from "./standing.ts";

const NEXT_TEXTS = {
  alerts: "See the alerts",
  targets: "See the targets",
  heartbeat: "See the services",
  overview: "See the bots",
} as const;

export function StateBanner({ standing }: { readonly standing: Standing }): JSX.Element {
  const { dialogs, live, router } = usePage();
  const { tone, icon = toneIcon(tone), headline, details, next } = standing;
  const skewMs = live.skewMs.value;
  const isHere = next !== undefined && next !== "token" && router.route.value.page === next;
  return (
    <section class={`hw-banner hw-tone-${tone}`} aria-label="How things stand">
      <Icon name={icon} />
      <div class="hw-banner-text">
        <p class="hw-banner-headline">{headline}</p>
        {details.map((text) => (
          <p key={text}>{text}</p>
        ))}
        {skewMs === 0 ? null : (
          <p>
            This computer's clock is {ageText(Math.abs(skewMs))} {skewMs > 0 ? "ahead of" : "behind"} Haltwatch's. Ages
            are counted by Haltwatch's clock; set this one.
          </p>
        )}
      </div>
      {next === "token" ? (
        <button
          type="button"
          class="hw-button"
          onClick={() => dialogs.show({ kind: "token", access: "read", why: "" })}
        >
          Enter a token…
        </button>
      ) : next === undefined || isHere ? null : (
        <a class="hw-button" href={`#/${next}`}>
          {NEXT_TEXTS[next]}
        </a>
      )}
    </section>
  );
}
