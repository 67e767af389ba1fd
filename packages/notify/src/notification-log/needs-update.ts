/** Whether a group has anything new to say. Source: Alertmanager, notify/notify.go (DedupStage). */

/** What a channel was told last of a group. Alerts are named by their fingerprints. */
export interface LogEntry {
  /** Told as firing, and not yet as resolved. */
  readonly firing: ReadonlySet<string>;
  /** Told as resolved, that time. */
  readonly resolved: ReadonlySet<string>;
  /** Unix milliseconds. */
  readonly timeMs: number;
}

export interface GroupState {
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
}

export interface UpdateRules {
  /** How long until the same is told again, milliseconds. */
  readonly repeatIntervalMs: number;
  /** Whether the channel wants to know of what is over. */
  readonly sendsResolved: boolean;
}

/** @param entry `undefined` if the channel knows nothing of the group */
export function needsUpdate(
  entry: LogEntry | undefined,
  { firing, resolved }: GroupState,
  { repeatIntervalMs, sendsResolved }: UpdateRules,
  nowMs: number,
): boolean {
  // Whoever was not told that it fires is not told that it is over.
  if (entry === undefined) return firing.size > 0;
  if (!isSubset(firing, entry.firing)) return true;
  // Also where resolved ones are not sent: the log has to forget the firing ones.
  if (firing.size === 0) return entry.firing.size > 0;
  if (sendsResolved && !isSubset(resolved, entry.resolved)) return true;
  return entry.timeMs < nowMs - repeatIntervalMs;
}

function isSubset(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  if (part.size > whole.size) return false;
  for (const member of part) if (!whole.has(member)) return false;
  return true;
}
