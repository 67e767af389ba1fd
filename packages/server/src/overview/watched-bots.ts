/**
 * Which bots are watched: those that are linked or were within a day, those that are scraped, those that an orchestrator runs, and those
 * that somebody has paused. Where samples come from a bot there is a series `up` of it, whether it links or is scraped.
 */
import type { OrchestratorStatus, Pause } from "@haltwatch/guard";
import type { Pack } from "@haltwatch/packs";
import { type Labels, METRIC_NAME, type Store } from "@haltwatch/store";
import type { LinkedBot } from "../watching/linked-bots.ts";

/** Most bots that are shown. */
const MAX_BOTS = 1_000;

/** A bot from which nothing has come for longer, milliseconds, is history, unless somebody still waits for it. */
const FORGOTTEN_MS = 24 * 3_600_000;

/** A bot whose last sample is older, milliseconds, does not answer: it sends or is scraped at least each minute. */
const SILENT_MS = 120_000;

const UP = [{ name: METRIC_NAME, operator: "=", value: "up" }] as const;

export interface WatchedBot {
  /** Its name; of one that is scraped and has none, `job/instance`. */
  readonly bot: string;
  readonly pack: Pack | undefined;
  /** How Haltwatch reaches it: over its link, over its orchestrator, or not at all: it is only scraped. */
  readonly via: "link" | "orchestrator" | "scrape";
  readonly isAnswering: boolean;
  /** Time of its newest sample, Unix milliseconds; `undefined` if it has none that is known. */
  readonly lastSampleMs: number | undefined;
  /** Labels of its series `up`: one for each instance. */
  readonly sources: readonly Labels[];
}

export interface WatchedBotSources {
  readonly store: Pick<Store, "seriesLabels" | "series">;
  readonly packs: () => readonly Pack[];
  readonly linked: () => readonly LinkedBot[];
  readonly orchestrators: () => readonly Pick<OrchestratorStatus, "scope">[];
  readonly pauses: () => readonly Pause[];
}

interface Seen {
  labels: Labels[];
  lastMs: number;
  isUp: boolean;
}

export class WatchedBots {
  readonly #sources: WatchedBotSources;
  /** When something last came of each, Unix milliseconds: `up` itself also says that nothing did. */
  readonly #lastUpMs = new Map<string, number>();

  constructor(sources: WatchedBotSources) {
    this.#sources = sources;
  }

  /** By name. */
  list(nowMs: number): WatchedBot[] {
    const { packs, linked, orchestrators, pauses } = this.#sources;
    const seen = this.#seen(nowMs);
    /** Since when each is linked, Unix milliseconds; `undefined`: its link has ended. */
    const links = new Map<string, number | undefined>(linked().map((one) => [one.bot, undefined]));
    for (const { bot, isLinked, sinceMs } of linked()) if (isLinked) links.set(bot, sinceMs);
    const orchestrated = new Set(orchestrators().flatMap(({ scope }) => scope.bot ?? []));
    const paused = pauses().flatMap(({ scope }) => scope.bot ?? []);
    const names = [...new Set([...links.keys(), ...orchestrated, ...paused, ...seen.keys()])];
    return names
      .sort()
      .slice(0, MAX_BOTS)
      .map((bot): WatchedBot => {
        const known = seen.get(bot);
        const linkedMs = links.get(bot);
        const jobs = new Set(known?.labels.map((labels) => labels.get("job")));
        const isFresh = known?.isUp === true && nowMs - known.lastMs < SILENT_MS;
        // One whose link has come about a moment ago has its time to send.
        const isLinked = linkedMs !== undefined && (isFresh || nowMs - linkedMs < SILENT_MS);
        return {
          ...{ bot, isAnswering: links.has(bot) ? isLinked : isFresh, sources: known?.labels ?? [] },
          pack: packs().find(({ job }) => jobs.has(job)),
          via: links.has(bot) ? "link" : orchestrated.has(bot) ? "orchestrator" : "scrape",
          lastSampleMs: this.#lastUpMs.get(bot),
        };
      });
  }

  #seen(nowMs: number): Map<string, Seen> {
    const { store, packs } = this.#sources;
    const jobs = new Set(packs().map(({ job }) => job));
    const seen = new Map<string, Seen>();
    for (const labels of store.seriesLabels(UP)) {
      const bot =
        labels.get("bot") || (jobs.has(labels.get("job")) ? `${labels.get("job")}/${labels.get("instance")}` : "");
      if (bot === "") continue;
      const { lastMs, lastValue, isStale } = store.series(labels);
      if (!(nowMs - lastMs < FORGOTTEN_MS)) continue;
      const isUp = lastValue === 1 && !isStale;
      const one = seen.get(bot) ?? { labels: [], lastMs, isUp: false };
      one.labels.push(labels);
      one.lastMs = Math.max(one.lastMs, lastMs);
      one.isUp ||= isUp;
      seen.set(bot, one);
      if (isUp) this.#lastUpMs.set(bot, Math.max(this.#lastUpMs.get(bot) ?? 0, lastMs));
    }
    for (const bot of this.#lastUpMs.keys()) if (!seen.has(bot)) this.#lastUpMs.delete(bot);
    return seen;
  }
}
