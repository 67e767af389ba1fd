/** Times a deed in the unit that the metric's own name states. */
import { MetricError } from "../errors.ts";
import type { InstrumentHost } from "./instrument.ts";

/** Ends a timer, records, and gives what it recorded, in the metric's unit. */
export type StopTimer = () => number;

/** How many of a unit are in a millisecond. */
const PER_MILLISECOND: ReadonlyMap<string, number> = new Map([
  ["seconds", 1e-3],
  ["ms", 1],
  ["milliseconds", 1],
  ["us", 1e3],
  ["microseconds", 1e3],
  ["ns", 1e6],
  ["nanoseconds", 1e6],
]);

/**
 * Starts now, on the monotonic clock; the returned function records the time since, in the unit that ends the metric's
 * name. Where the name states none, that is a mistake (`NO_TIME_UNIT`), and nothing is recorded.
 */
export function startTimer(
  metric: string,
  host: Pick<InstrumentHost, "mistake">,
  record: (elapsed: number) => void,
): StopTimer {
  const perMillisecond = PER_MILLISECOND.get(metric.slice(metric.lastIndexOf("_") + 1));
  if (perMillisecond === undefined) {
    host.mistake(
      new MetricError("NO_TIME_UNIT", `metric "${metric}" does not say in what unit it counts time`, {
        metric,
        hint: `End its name in a unit to use startTimer: "${metric}_seconds" or "${metric}_ms"`,
      }),
    );
    return () => Number.NaN;
  }
  const start = performance.now();
  return () => {
    const elapsed = (performance.now() - start) * perMillisecond;
    record(elapsed);
    return elapsed;
  };
}
