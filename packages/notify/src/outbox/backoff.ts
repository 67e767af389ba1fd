/** How long to leave a channel alone that does not answer. */

/** After the first failure, milliseconds. */
const FIRST_MS = 1_000;

/** Never longer, milliseconds. */
export const LONGEST_MS = 5 * 60 * 1_000;

/**
 * Twice as long after each failure, and somewhere between half of that and all of it, so that several do not come back at once.
 *
 * @param failures in a row, from 1
 * @param random 0 up to 1
 */
export function backoffMs(failures: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 30));
  return Math.round(full * (0.5 + random / 2));
}
