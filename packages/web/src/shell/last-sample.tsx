/** How old the newest sample is, ticking: the plainest sign of whether anything is watched. */
import type { JSX } from "preact";
import { ageText, exactTime } from "../elements/time-text.ts";
import { usePage } from "./page-context.ts";

/** Older than this is stale: targets are scraped every few seconds. */
const STALE_MS = 30_000;

export function LastSample(): JSX.Element {
  const { live } = usePage();
  const lastSampleMs = live.beat.value?.lastSampleMs;
  const ageMs = lastSampleMs === undefined ? undefined : live.nowMs.value - lastSampleMs;
  const isStale = live.isStale.value || ageMs === undefined || ageMs > STALE_MS;
  const text = ageMs === undefined ? "none yet" : `${ageText(ageMs)} ago`;
  return (
    <p
      class={`hw-last-sample${isStale ? " hw-last-sample-stale" : ""}`}
      title={lastSampleMs === undefined ? undefined : exactTime(lastSampleMs)}
    >
      <span class="hw-last-sample-dot" aria-hidden="true" />
      <span>
        last sample <span class="hw-last-sample-age">{text}</span>
        {isStale && ageMs !== undefined ? <span class="hw-last-sample-word"> (stale)</span> : null}
      </span>
    </p>
  );
}
