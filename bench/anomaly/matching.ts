/** Whether what was told is what was wrong: whole alerts against whole anomalies, not minute against minute. */
import type { LabelledAnomaly } from "./labelled-series.ts";

/** Two alerts closer than this are one to whoever is told, minutes. */
const JOINED_MINUTES = 15;

/** An alert may go on, or come, this long after its anomaly: the way back is unusual, too. Minutes. */
const AFTERWARDS_MINUTES = 60;

/** From the first to before the last minute in which an alert fired. */
export interface Episode {
  readonly start: number;
  readonly end: number;
}

export interface Tally {
  readonly right: number;
  readonly wrong: number;
  readonly found: number;
  readonly missed: number;
}

/** @param firing by minute, 1 where an alert fires */
export function episodesOf(firing: Uint8Array): Episode[] {
  const episodes: { start: number; end: number }[] = [];
  for (let minute = 0; minute < firing.length; minute++) {
    if (firing[minute] !== 1) continue;
    const last = episodes.at(-1);
    if (last !== undefined && minute - last.end < JOINED_MINUTES) last.end = minute + 1;
    else episodes.push({ start: minute, end: minute + 1 });
  }
  return episodes;
}

export function tally(episodes: readonly Episode[], anomalies: readonly LabelledAnomaly[]): Tally {
  const touches = (episode: Episode, { start, end }: LabelledAnomaly): boolean =>
    episode.end > start && episode.start < end + AFTERWARDS_MINUTES;
  const right = episodes.filter((episode) => anomalies.some((anomaly) => touches(episode, anomaly))).length;
  // Found is what was told while it went on.
  const found = anomalies.filter(({ start, end }) =>
    episodes.some((episode) => episode.end > start && episode.start < end),
  ).length;
  return { right, wrong: episodes.length - right, found, missed: anomalies.length - found };
}

export function sum(tallies: readonly Tally[]): Tally {
  const total = (key: keyof Tally): number => tallies.reduce((all, one) => all + one[key], 0);
  return { right: total("right"), wrong: total("wrong"), found: total("found"), missed: total("missed") };
}

/** Share of what was told that was wrong with the signal; 1 if nothing was told. */
export function precision({ right, wrong }: Tally): number {
  return right + wrong === 0 ? 1 : right / (right + wrong);
}

/** Share of what was wrong that was told. */
export function recall({ found, missed }: Tally): number {
  return found + missed === 0 ? 1 : found / (found + missed);
}

export function f1(one: Tally): number {
  const [p, r] = [precision(one), recall(one)];
  return p + r === 0 ? 0 : (2 * p * r) / (p + r);
}
