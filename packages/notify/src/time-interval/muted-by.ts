/** Whether a route is muted now. Source: Alertmanager, timeinterval/timeinterval.go (Intervener), notify/mute.go. */
import { containsTime, type TimeInterval } from "./time-interval.ts";

export type TimeIntervals = ReadonlyMap<string, readonly TimeInterval[]>;

/** What a route says of time. */
export interface RouteTimes {
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
}

/**
 * The names of the intervals that mute: those to be muted in that contain the time; or, where it is in none of those to be
 * active in, these.
 */
export function mutedByTime(route: RouteTimes, intervals: TimeIntervals, timeMs: number): readonly string[] {
  const contains = (name: string) => (intervals.get(name) ?? []).some((interval) => containsTime(interval, timeMs));
  const muting = route.muteTimeIntervals.filter(contains);
  if (muting.length > 0) return muting;
  const isActive = route.activeTimeIntervals.length === 0 || route.activeTimeIntervals.some(contains);
  return isActive ? [] : route.activeTimeIntervals;
}
