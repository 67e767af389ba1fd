/** Where rules write what they find: the store, or something that looks like it. */
import type { Labels } from "@haltwatch/store";

export interface SampleSink {
  /** Why the sample is not taken (`duplicate sample for timestamp`, …), or nothing if it is. */
  append(labels: Labels, timeMs: number, value: number): string | undefined;
  /** Marks that the series has ended. The same. */
  appendStale(labels: Labels, timeMs: number): string | undefined;
}
