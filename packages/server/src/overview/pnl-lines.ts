/**
 * Each bot's profit and loss over the last day: a point each 20 minutes, of the last minutes more, so that a bot that has just started
 * has a line, too, and one for now. A point of the past does not change: each is evaluated once, and a few at a time.
 */
import type { Pack } from "@haltwatch/packs";
import { type Expr, parseQuery, queryInstant } from "@haltwatch/promql";
import type { Labels, SeriesReader } from "@haltwatch/store";
import { targetOf } from "./bot-alerts.ts";
import type { WatchedBot } from "./watched-bots.ts";

/** With the one for now at most 93 points. Each is every so many milliseconds, the newest first. */
const GRIDS = [
  { stepMs: 30_000, points: 20 },
  { stepMs: 1_200_000, points: 72 },
] as const;

/** What one evaluation may cost: a query of a pack that reads more is not for this. */
const LIMITS = { maxSamples: 100_000, timeoutMs: 50 } as const;

/** Points that are evaluated in a turn. */
const POINTS_A_TURN = 4;

export interface PnlLine {
  readonly unit: string;
  /** Unix seconds, and the value. */
  readonly points: [number, number][];
}

interface Kept {
  readonly expr: Expr;
  readonly unit: string;
  /** By time, Unix milliseconds, then by bot or target. */
  readonly points: Map<number, ReadonlyMap<string, number>>;
}

export class PnlLines {
  readonly #reader: SeriesReader;
  readonly #onError: (error: unknown) => void;
  /** By query. */
  readonly #kept = new Map<string, Kept>();

  constructor(reader: SeriesReader, onError: (error: unknown) => void) {
    this.#reader = reader;
    this.#onError = onError;
  }

  /**
   * Evaluates some of the points that are missing.
   *
   * @returns whether there are more
   */
  evaluateSome(packs: readonly Pack[], nowMs: number): boolean {
    const wanted = new Set(packs.flatMap(({ overview }) => overview.pnl?.query ?? []));
    for (const query of this.#kept.keys()) if (!wanted.has(query)) this.#kept.delete(query);
    const times = new Set(
      GRIDS.flatMap(({ stepMs, points }) =>
        Array.from({ length: points }, (_, ago) => (Math.floor(nowMs / stepMs) - ago) * stepMs),
      ),
    );
    let left = POINTS_A_TURN;
    for (const { overview } of packs) {
      if (overview.pnl === undefined) continue;
      const { points, expr } = this.#of(overview.pnl);
      for (const timeMs of points.keys()) if (!times.has(timeMs)) points.delete(timeMs);
      for (const timeMs of times) {
        if (points.has(timeMs)) continue;
        if (left === 0) return true;
        left -= 1;
        points.set(timeMs, this.#valuesAt(expr, timeMs));
      }
    }
    return false;
  }

  /** The values of now, for {@link of}. */
  now({ overview }: Pack, nowMs: number): ReadonlyMap<string, number> {
    return overview.pnl === undefined ? new Map() : this.#valuesAt(this.#of(overview.pnl).expr, nowMs);
  }

  /** @returns `undefined` if its pack knows of none, or nothing is known of the whole day */
  of({ bot, pack, sources }: WatchedBot, now: ReadonlyMap<string, number>, nowMs: number): PnlLine | undefined {
    const pnl = pack?.overview.pnl;
    if (pnl === undefined) return undefined;
    const keys = [bot, ...sources.map(targetOf)];
    const points: [number, number][] = [];
    const past = [...this.#of(pnl).points].filter(([timeMs]) => timeMs < nowMs).sort(([a], [b]) => a - b);
    for (const [timeMs, values] of [...past, [nowMs, now] as const]) {
      const value = keys.map((key) => values.get(key)).find((one) => one !== undefined);
      if (value !== undefined && Number.isFinite(value)) points.push([timeMs / 1000, value]);
    }
    return points.length === 0 ? undefined : { unit: pnl.unit, points };
  }

  #of({ query, unit }: { readonly query: string; readonly unit: string }): Kept {
    const known = this.#kept.get(query) ?? { expr: parseQuery(query), unit, points: new Map() };
    this.#kept.set(query, known);
    return known;
  }

  #valuesAt(expr: Expr, timeMs: number): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    try {
      const { value } = queryInstant(this.#reader, expr, timeMs, { limits: LIMITS });
      if (value.type !== "vector") return found;
      for (const { labels, values } of value.series) {
        const key = keyOf(labels);
        found.set(key, (found.get(key) ?? 0) + (values.at(-1) ?? Number.NaN));
      }
    } catch (error) {
      this.#onError(error);
    }
    return found;
  }
}

/** Instances of a bot make one sum; what names no bot is its target's. */
function keyOf(labels: Labels): string {
  return labels.get("bot") || targetOf(labels);
}
