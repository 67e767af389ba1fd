/** Made-up signals with anomalies whose times are known: one value a minute, the same for the same seed. */
import { randomFrom } from "../random.ts";

export const MINUTES_PER_DAY = 1440;

/** What a signal is like when nothing is wrong. */
export const NORMALS = ["flat", "daily wave", "market hours", "noise regimes", "wandering"] as const;
type Normal = (typeof NORMALS)[number];

export const ANOMALIES = ["spike", "level shift", "drift", "standstill"] as const;
type AnomalyKind = (typeof ANOMALIES)[number];

/** From the first to before the last minute that is not normal. */
export interface LabelledAnomaly {
  readonly kind: AnomalyKind;
  readonly start: number;
  readonly end: number;
}

export interface LabelledSeries {
  readonly name: string;
  readonly normal: Normal;
  /** By minute. */
  readonly values: Float64Array;
  readonly anomalies: readonly LabelledAnomaly[];
}

/** Of each kind of signal there are so many. */
const SERIES_PER_NORMAL = 3;

/** Two anomalies of a signal are so far apart, minutes: from, to. */
const DISTANCE_MINUTES = [700, 1800] as const;

const LENGTH_MINUTES: Readonly<Record<AnomalyKind, { readonly least: number; readonly most: number }>> = {
  spike: { least: 4, most: 9 },
  "level shift": { least: 60, most: 180 },
  drift: { least: 180, most: 360 },
  standstill: { least: 30, most: 120 },
};

const LEVEL = 100;
const NOISE = 2;

/** How far the day moves a signal that has one. */
const SEASON = 30;

const NOISE_REGIME_MINUTES = 500;

/**
 * @param days of how many days
 * @param quietDays before the first anomaly
 */
export function labelledSet(seed: number, { days, quietDays }: { days: number; quietDays: number }): LabelledSeries[] {
  const random = randomFrom(seed);
  return NORMALS.flatMap((normal) =>
    Array.from({ length: SERIES_PER_NORMAL }, (_, index): LabelledSeries => {
      const values = normalValues(normal, days * MINUTES_PER_DAY, random);
      const anomalies = placeAnomalies(quietDays * MINUTES_PER_DAY, values.length - 120, random);
      for (const anomaly of anomalies) apply(anomaly, values, random);
      return { name: `${normal} ${index + 1}`, normal, values, anomalies };
    }),
  );
}

function normalValues(normal: Normal, length: number, random: () => number): Float64Array {
  let wandered = 0;
  let noise = NOISE;
  return Float64Array.from({ length }, (_, minute) => {
    const ofDay = (minute % MINUTES_PER_DAY) / MINUTES_PER_DAY;
    if (normal === "noise regimes" && minute % NOISE_REGIME_MINUTES === 0) noise = NOISE * (random() < 0.5 ? 1 : 2);
    wandered += -wandered / 720 + gaussian(random) * 0.4;
    const season =
      normal === "daily wave"
        ? SEASON * Math.sin(2 * Math.PI * ofDay)
        : normal === "market hours" && ofDay >= 14 / 24 && ofDay < 21 / 24
          ? SEASON
          : 0;
    return LEVEL + season + (normal === "wandering" ? wandered : 0) + gaussian(random) * noise;
  });
}

function placeAnomalies(from: number, to: number, random: () => number): LabelledAnomaly[] {
  const placed: LabelledAnomaly[] = [];
  let start = from + Math.floor(random() * DISTANCE_MINUTES[0]);
  while (start < to) {
    const kind = ANOMALIES[Math.floor(random() * ANOMALIES.length)] ?? "spike";
    const end = start + minutesOf(kind, random);
    if (end >= to) break;
    placed.push({ kind, start, end });
    start = end + DISTANCE_MINUTES[0] + Math.floor(random() * (DISTANCE_MINUTES[1] - DISTANCE_MINUTES[0]));
  }
  return placed;
}

function minutesOf(kind: AnomalyKind, random: () => number): number {
  const { least, most } = LENGTH_MINUTES[kind];
  return Math.floor(least + random() * (most - least));
}

/** Its size goes by the noise: eight to sixteen times of it, up or down. What stands still goes to a fifth of its level. */
function apply({ kind, start, end }: LabelledAnomaly, values: Float64Array, random: () => number): void {
  const size = (random() < 0.5 ? -1 : 1) * NOISE * (8 + random() * 8);
  for (let minute = start; minute < end; minute++) {
    const value = values[minute] ?? 0;
    const share = (minute - start) / (end - start);
    values[minute] = kind === "standstill" ? value * 0.2 : value + (kind === "drift" ? size * share : size);
  }
}

/** Box and Muller's. */
function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
