import type { JSX } from "preact";
import { usePage } from "../shell/page-context.ts";
import { ageText, exactTime } from "./time-text.ts";

export interface RelativeTimeProps {
  /** ISO 8601, or Unix milliseconds. */
  readonly time: string | number | null | undefined;
  /** `since 3 min`, `3 min ago`, or only `3 min`. */
  readonly as?: "since" | "ago" | "age";
  readonly none?: string;
}

/** How long ago by Haltwatch's clock; the exact time is its title. */
export function RelativeTime({ time, as = "ago", none = "never" }: RelativeTimeProps): JSX.Element {
  const { live } = usePage();
  const timeMs = typeof time === "string" ? Date.parse(time) : (time ?? Number.NaN);
  // Go's way to say "never" is the year 1.
  if (Number.isNaN(timeMs) || timeMs <= 0) return <span>{none}</span>;
  const age = ageText(live.nowMs.value - timeMs);
  return (
    <time dateTime={new Date(timeMs).toISOString()} title={exactTime(timeMs)}>
      {as === "since" ? `since ${age}` : as === "ago" ? `${age} ago` : age}
    </time>
  );
}
