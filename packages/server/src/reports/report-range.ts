/** What stands in a report's queries for the time that they are of. */

/** `$__range` as a duration, `$__range_s` as seconds; in a chart's query `$__interval` in the same way, for its step. */
export function withReportRange(query: string, rangeMs: number): string {
  const seconds = Math.round(rangeMs / 1000);
  return query
    .replaceAll(/\$__(?:range|interval)_s\b/g, String(seconds))
    .replaceAll(/\$__(?:range|interval)\b/g, `${seconds}s`);
}
