/** Durations as Prometheus writes them: `1h30m`, `5m`, `500ms`. Source: prometheus/common, model/time.go. */

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ["y", 365 * 24 * 3_600_000],
  ["w", 7 * 24 * 3_600_000],
  ["d", 24 * 3_600_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
];

const PATTERN = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Largest duration, milliseconds: what Go's 64-bit nanoseconds hold. */
const MAX_MS = 9_223_372_036_854;

/** Milliseconds; `undefined` for what is no duration, or one beyond about 292 years. */
export function parseDuration(text: string): number | undefined {
  const match = PATTERN.exec(text);
  if (match === null || text === "") return undefined;
  let ms = 0;
  for (const [index, [, unitMs]] of UNITS.entries()) ms += Number(match[index + 1] ?? 0) * unitMs;
  return ms <= MAX_MS ? ms : undefined;
}

/** The shortest way to write it: 5400000 gives `1h30m`. Years and weeks only where nothing is left over. */
export function formatDuration(ms: number): string {
  if (ms === 0) return "0s";
  if (ms < 0) return `-${formatDuration(-ms)}`;
  let rest = Math.round(ms);
  let text = "";
  for (const [unit, unitMs] of UNITS) {
    if ((unit === "y" || unit === "w") && rest % unitMs !== 0) continue;
    const count = Math.floor(rest / unitMs);
    if (count === 0) continue;
    text += `${count}${unit}`;
    rest -= count * unitMs;
  }
  return text;
}
