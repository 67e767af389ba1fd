/**
 * Counters whose samples say since when they count: a new start is a reset, even where the value has not fallen.
 * Source: Prometheus 3.14, promql/functions.go (`isStartTimestampReset`, `extrapolatedRate`).
 */
import type { Window } from "../evaluate/window.ts";

/** True if the counter began anew between the sample before this one and this one. A start of 0 is an unknown one. */
export function isStartReset({ times, starts }: Window, index: number): boolean {
  if (starts === undefined) return false;
  const [before, now] = [times[index - 1] as number, times[index] as number]; // in the window
  const [startBefore, start] = [starts[index - 1] as number, starts[index] as number];
  if (start === 0 || start >= now || start < before) return false;
  if (start > before) return true;
  // It counts since the sample before: a delta, unless that sample's own start is unknown.
  return startBefore !== 0 && startBefore < before;
}

/** True if a sample's start lies within what the one before it has counted: they overlap, and one of them is wrong. */
export function overlapsBefore({ times, starts }: Window, index: number): boolean {
  if (starts === undefined) return false;
  const start = starts[index] as number; // in the window
  return start !== 0 && start < (times[index - 1] as number) && start !== starts[index - 1];
}

/** Where the first sample's count began, if that lies within the window: then it was 0 there, and nothing is to be guessed. */
export function knownBeginning({ times, starts, from, startMs }: Window): number | undefined {
  const start = starts?.[from] ?? 0;
  return start !== 0 && start > startMs && start < (times[from] as number) ? start : undefined;
}
