/** How old the newest sample is, ticking: the plainest sign of whether anything is watched. */
import type { JSX } from "preact";
import type { OverviewAnswer } from "../api/answers.ts";
import { ageText, exactTime } from "../elements/time-text.ts";
import type { Beat } from "../live/live.ts";
import { usePage } from "./page-context.ts";

/** Older than this is stale: targets are scraped every few seconds. */
const STALE_MS = 30_000;

export function LastSample(): JSX.Element {
  const { live } = usePage();
  const lastSampleMs = newestMs(live.beat.value, live.overview.value);
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

/** That a target does not answer is a sample, too: where no bot answers, the last of a bot counts. */
function newestMs(beat: Beat | undefined, overview: OverviewAnswer | undefined): number | undefined {
  const bots = overview?.bots ?? [];
  if (bots.length === 0 || bots.some(({ is_answering }) => is_answering)) return beat?.lastSampleMs;
  const times = bots.flatMap(({ last_sample }) => (last_sample === null ? [] : [Date.parse(last_sample)]));
  return times.length === 0 ? undefined : Math.max(...times);
}
