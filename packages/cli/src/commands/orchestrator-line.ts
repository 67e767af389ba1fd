/** What `haltwatch status` says of an orchestrator, for a trader who wants to know whether the bot stands still. */

/** As `/api/haltwatch/orchestrators` has it. */
export interface ShownOrchestrator {
  readonly name: string;
  /** Not there if nothing is wanted of it. */
  readonly wanted?: "pause" | "reduce" | "resume";
  readonly since?: string;
  readonly confirmation?: "pending" | "unconfirmed" | "sent" | "confirmed";
  /** When it was confirmed last. */
  readonly confirmed?: string;
  readonly lastError?: string;
}

/** @returns `undefined` if there is nothing to be said: its bot may trade */
export function orchestratorLine(orchestrator: ShownOrchestrator): string | undefined {
  const { name, wanted, since, confirmation, confirmed, lastError } = orchestrator;
  if (wanted === undefined) return undefined;
  const isResume = wanted === "resume";
  const state = wanted === "reduce" ? "REDUCING" : "PAUSED";
  switch (confirmation) {
    case "confirmed":
      return isResume ? undefined : `${name}: ${state}, confirmed ${clockTime(confirmed)} by its orchestrator`;
    case "sent":
      return isResume
        ? undefined
        : `${name}: ${state}, sent ${clockTime(confirmed)}, not confirmed: it cannot be asked`;
    default: {
      const why = lastError ?? `asked since ${clockTime(since)}, no answer yet`;
      return isResume
        ? `${name}: NOT RESUMED: ${why}; resume it by hand`
        : `${name}: NOT CONFIRMED: ${why}; stop it by hand`;
    }
  }
}

/** `2026-03-01T12:03:10.123Z` as `12:03:10 UTC`. */
function clockTime(time = ""): string {
  return `${time.slice(11, 19)} UTC`;
}
