/** The middle of these numbers; of an even count, the mean of the two in the middle. `NaN` for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** `value` with so many digits after the point, as a number: keeps RESULT lines readable. */
export function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
