/**
 * What a pause rule does when it has nothing to go by: missing data is not good news. A rule whose series vanish gives no
 * alert, just as if all were well; so its labels say what is to happen then.
 *
 * What vanishes must have been there: a bot that was not started yet trades nothing, and pauses nobody. What was there before
 * Haltwatch was restarted is handed in.
 */
import type { PauseState } from "./state.ts";

/** A rule with one of these does something about trading. */
export interface PausePolicy {
  /** Of the label `action`: `pause` is HALTED, `reduce` REDUCING. */
  readonly action: PauseState;
  /** Of the label `no_data`: `reduce`, which is also meant without it, `halt`, or `ignore`. */
  readonly noData: PauseState | "IGNORE";
}

/** A label whose value is not known: the file must not be loaded with it. */
export interface PolicyFault {
  readonly label: "action" | "no_data";
  readonly message: string;
}

/** @returns undefined for a rule without the label `action`: it only tells */
export function pausePolicy(labels: ReadonlyMap<string, string>): PausePolicy | PolicyFault | undefined {
  const action = labels.get("action");
  const noData = labels.get("no_data") ?? "reduce";
  if (action === undefined) return undefined;
  if (action !== "pause" && action !== "reduce") return fault("action", action, "pause or reduce");
  if (noData !== "reduce" && noData !== "halt" && noData !== "ignore")
    return fault("no_data", noData, "reduce, halt or ignore");
  const states = { reduce: "REDUCING", halt: "HALTED", ignore: "IGNORE" } as const;
  return { action: action === "pause" ? "HALTED" : "REDUCING", noData: states[noData] };
}

/** The policy acts on this. */
export interface NoData {
  readonly state: PauseState;
  /** Which of the rule's selectors, as it is written in the rule. */
  readonly selector: string;
  /** Whose series have vanished, as the caller told them apart: a bot's name, or labels. */
  readonly source: string;
  /** When they were last there, Unix milliseconds. */
  readonly lastMs: number;
}

/** For each of a rule's selectors, the sources that have a sample which is not stale. */
export type Presence = ReadonlyMap<string, Iterable<string>>;

interface Watched {
  readonly selector: string;
  readonly source: string;
  lastMs: number;
  /** Whether it is missing, and the policy has acted on it. */
  isToldOf: boolean;
}

/** One pause rule's data over time. */
export class NoDataWatch {
  readonly #policy: PausePolicy;
  readonly #graceMs: (source: string) => number;
  readonly #watched = new Map<string, Watched>();

  /**
   * @param graceMs how long a source's data may be missing: less than a lease, more than the interval at which they come
   * @param known what was there before the start, from the store; missing from `startMs` on
   */
  constructor(
    policy: PausePolicy,
    { graceMs, startMs, known = new Map() }: { graceMs: (source: string) => number; startMs: number; known?: Presence },
  ) {
    this.#policy = policy;
    this.#graceMs = graceMs;
    this.#see(known, startMs);
  }

  /**
   * Says what is there at a time. To be called when something came or went, and when {@link dueMs} has come.
   *
   * @param timeMs not before that of the last call, Unix milliseconds; an earlier one counts as the same
   * @returns what the policy acts on now: once for each time that a source vanishes
   */
  observe(timeMs: number, presence: Presence): NoData[] {
    this.#see(presence, timeMs);
    const { noData } = this.#policy;
    if (noData === "IGNORE") return [];
    const found: NoData[] = [];
    for (const watched of this.#watched.values()) {
      if (watched.isToldOf || timeMs - watched.lastMs < this.#graceMs(watched.source)) continue;
      watched.isToldOf = true;
      found.push({ state: noData, selector: watched.selector, source: watched.source, lastMs: watched.lastMs });
    }
    return found;
  }

  /** When the policy acts at the earliest if nothing else comes; `undefined`: never, Unix milliseconds. */
  get dueMs(): number | undefined {
    if (this.#policy.noData === "IGNORE") return undefined;
    let dueMs = Number.POSITIVE_INFINITY;
    for (const { source, lastMs, isToldOf } of this.#watched.values())
      if (!isToldOf) dueMs = Math.min(dueMs, lastMs + this.#graceMs(source));
    return Number.isFinite(dueMs) ? dueMs : undefined;
  }

  /** Whether this source's data are missing, and the policy has acted: the rule has to count as firing until they are back. */
  isMissing(source: string): boolean {
    return [...this.#watched.values()].some((watched) => watched.source === source && watched.isToldOf);
  }

  /** The source has said goodbye, or was taken out of the configuration: that it is gone is no news. */
  forget(source: string): void {
    for (const [key, watched] of this.#watched) if (watched.source === source) this.#watched.delete(key);
  }

  #see(presence: Presence, timeMs: number): void {
    for (const [selector, sources] of presence) {
      for (const source of sources) {
        const key = JSON.stringify([selector, source]);
        const watched = this.#watched.get(key);
        if (watched === undefined) {
          this.#watched.set(key, { selector, source, lastMs: timeMs, isToldOf: false });
        } else {
          watched.lastMs = Math.max(watched.lastMs, timeMs);
          watched.isToldOf = false;
        }
      }
    }
  }
}

function fault(label: PolicyFault["label"], value: string, known: string): PolicyFault {
  return { label, message: `label ${label}: ${JSON.stringify(value)} is not known: write ${known}` };
}
