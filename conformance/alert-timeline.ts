/** What a server's `/api/v1/alerts` shows over time, and how two servers differ in it. */
import type { ShownAlert } from "./real-haltwatch.ts";

/** What is shown instead of an alert that is not there. */
const GONE = "gone";

/** From then on it was shown so. */
interface Change {
  readonly timeMs: number;
  readonly shown: string;
}

export interface TimelineDifferences {
  /** A line for each. */
  readonly found: readonly string[];
  /** How many changes were shown by both. */
  readonly changes: number;
  /** The most that one came after the other, milliseconds. */
  readonly furthestMs: number;
}

export class AlertTimeline {
  /** By alert and aspect: its state, its value, each of its annotations. One may change without the others. */
  readonly #tracks = new Map<string, Change[]>();
  readonly #exactValues: (alertName: string) => boolean;

  /** @param exactValues whether an alert's value does not depend on the moment at which its target is scraped */
  constructor(exactValues: (alertName: string) => boolean) {
    this.#exactValues = exactValues;
  }

  /** @param timeMs when these were shown */
  take(timeMs: number, alerts: readonly ShownAlert[]): void {
    const shown = new Map<string, string>();
    for (const { labels, annotations, state, value } of alerts) {
      const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
      shown.set(`${key} state`, state);
      if (this.#exactValues(labels["alertname"] ?? "")) shown.set(`${key} value`, value);
      for (const [name, text] of Object.entries(annotations)) shown.set(`${key} annotation ${name}`, text);
    }
    for (const track of this.#tracks.keys()) if (!shown.has(track)) shown.set(track, GONE);
    for (const [track, text] of shown) {
      const changes = this.#tracks.get(track) ?? [];
      this.#tracks.set(track, changes);
      if (changes.at(-1)?.shown !== text) changes.push({ timeMs, shown: text });
    }
  }

  /** True if no alert was there when it was looked last. */
  get isQuiet(): boolean {
    return [...this.#tracks.values()].every((changes) => changes.at(-1)?.shown === GONE);
  }

  /** Alerts and states that were shown: `HighPrice pending`. */
  get seen(): ReadonlySet<string> {
    return new Set(
      [...this.#tracks].flatMap(([track, changes]) => {
        const [, name = ""] = /"alertname","([^"]+)"/.exec(track) ?? [];
        return track.endsWith(" state") ? changes.map(({ shown }) => `${name} ${shown}`) : [];
      }),
    );
  }

  /** @param toleranceMs how much one may come after the other */
  compare(other: AlertTimeline, toleranceMs: number, startMs: number): TimelineDifferences {
    const found: string[] = [];
    let changes = 0;
    let furthestMs = 0;
    for (const track of new Set([...this.#tracks.keys(), ...other.#tracks.keys()])) {
      const [ours, theirs] = [this.#tracks.get(track) ?? [], other.#tracks.get(track) ?? []];
      const furthest = Math.max(0, ...ours.map(({ timeMs }, i) => Math.abs(timeMs - (theirs[i]?.timeMs ?? timeMs))));
      const isSame = ours.length === theirs.length && ours.every(({ shown }, i) => shown === theirs[i]?.shown);
      if (isSame && furthest <= toleranceMs) {
        changes += ours.length;
        furthestMs = Math.max(furthestMs, furthest);
      } else found.push(`${track}\n  haltwatch  ${line(ours, startMs)}\n  prometheus ${line(theirs, startMs)}`);
    }
    return { found, changes, furthestMs };
  }
}

function line(changes: readonly Change[], startMs: number): string {
  return changes.map(({ timeMs, shown }) => `${((timeMs - startMs) / 1000).toFixed(1)} s ${shown}`).join(", ");
}
