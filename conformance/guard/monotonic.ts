/** The machine's monotonic clock, which all processes have in common (on Linux), milliseconds. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
