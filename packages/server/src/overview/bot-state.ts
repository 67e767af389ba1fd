/** How a bot is, in one word: what strips, titles and icons show. */

/** From good to bad; `unknown`: nothing has come from it, so nobody knows. */
export type BotState = (typeof BOT_STATES)[number];

/** In the order in which the later one wins where several hold within a part of a strip. */
export const BOT_STATES = ["unknown", "ok", "warning", "critical", "paused"] as const;

export function rankOf(state: BotState): number {
  return BOT_STATES.indexOf(state);
}

/** How many alerts fire of each severity. A severity of one's own counts as `warning`. */
export interface AlertCounts {
  readonly critical: number;
  readonly warning: number;
  readonly info: number;
}

export function countsOf(severities: Iterable<string>): AlertCounts {
  const counts = { critical: 0, warning: 0, info: 0 };
  for (const severity of severities) counts[severityOf(severity)] += 1;
  return counts;
}

function severityOf(text: string): keyof AlertCounts {
  return text === "critical" || text === "info" ? text : "warning";
}

/** @param isAnswering whether there is anything to go by */
export function stateFrom(isPaused: boolean, { critical, warning }: AlertCounts, isAnswering: boolean): BotState {
  if (isPaused) return "paused";
  if (critical > 0) return "critical";
  if (warning > 0) return "warning";
  return isAnswering ? "ok" : "unknown";
}
