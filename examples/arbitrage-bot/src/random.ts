/** Random numbers that are the same for the same seed. */

export interface Random {
  /** From 0 up to 1. */
  next(): number;
  /** Mean 0, standard deviation 1. */
  normal(): number;
}

/** Mulberry32, and Box-Muller on top of it. @param seed a whole number from 0 to 2³² − 1 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return { next, normal };
}
