/** Values over time as spans in which nothing changes. */
import type { ShownField } from "../../format/shown-field.ts";
import { activeThreshold, thresholdsOf } from "../../format/thresholds.ts";
import { numeric, type Value } from "../../query/frame.ts";

export interface Run {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly color: string;
}

const MAX_RUNS = 5000;

/**
 * @param joins whether equal neighbours are one: state timelines do, status histories do not
 * @param step how long a sample stands for
 */
export function runsOf(
  field: ShownField,
  times: ArrayLike<number>,
  { joins, step, end }: { joins: boolean; step: number; end: number },
): readonly Run[] {
  const runs: Run[] = [];
  const isStepped = field.config.mappings.length === 0 && field.config.color?.mode === "thresholds";
  const steps = thresholdsOf(field.config.thresholds);
  const keyOf = (value: Value): string =>
    isStepped ? String(activeThreshold(numeric(value), steps, { min: 0, max: 100 }).value) : field.show(value).text;
  let key = "";
  let last: { from: number; to: number; text: string; color: string } | undefined;
  for (let index = 0; index < field.values.length && runs.length < MAX_RUNS; index++) {
    const value = field.values[index];
    const time = times[index] ?? Number.NaN;
    const isMissing = value === null || value === undefined || (typeof value === "number" && Number.isNaN(value));
    if (isMissing) {
      if (last !== undefined) last.to = Math.min(time, last.to);
      last = undefined;
      continue;
    }
    const until = Math.min(time + step, end);
    const own = keyOf(value);
    if (joins && last !== undefined && own === key) {
      last.to = until;
      continue;
    }
    if (last !== undefined && joins) last.to = time;
    const { text, color } = field.show(value);
    last = { from: time, to: until, text, color };
    key = own;
    runs.push(last);
  }
  return runs;
}
