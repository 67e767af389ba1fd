/** What somebody may have meant who wrote a name that there is not. */

/** Most that are offered. */
const MAX_NAMES = 3;

/** @returns those that hold the name or that few edits lead to, the nearest first; none if nothing is near */
export function nearNames(name: string, known: Iterable<string>): string[] {
  return [...new Set(known)]
    .map((candidate) => ({ candidate, edits: candidate.includes(name) ? 0 : edits(name, candidate) }))
    .filter((one) => one.edits <= Math.max(1, Math.floor(name.length / 3)))
    .sort((one, other) => one.edits - other.edits)
    .slice(0, MAX_NAMES)
    .map(({ candidate }) => candidate);
}

/** Levenshtein distance. */
function edits(from: string, to: string): number {
  let before = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (before[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(replaced, (before[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    before = current;
  }
  return before.at(-1) ?? 0;
}
