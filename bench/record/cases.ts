/** The cases of `record`, each run in a process of its own. */
import { inFreshProcess } from "../fresh-process.ts";

/** In place of an operation: loops that rotate the inputs and call nothing. */
export const EMPTY_LOOP = "(empty loop)";

/** The one operation that only we have. */
export const RECORD_ORDER = "recordOrder(report, venue)";

/** In place of an operation: allocates one boxed double for each call, to prove that the measurement sees it. */
export const HEAP_CONTROL = "(control: 16 bytes a call)";

export const OPENTELEMETRY = "OpenTelemetry";

/** The process records to one metric only: what a client can do at its best. */
export const ALONE = "alone";

/** The process has recorded to other metrics before, as in a bot. */
export const AMONG_OTHERS = "among others";

/** What `time-case.ts` tells. */
export interface TimeResult {
  readonly nsPerCall: number;
}

/** What `heap-case.ts` tells. */
export interface HeapResult {
  readonly bytesPerCall: number;
}

/** Nanoseconds for each call. */
export async function timeOf(
  operation: string,
  client: string,
  setting: typeof ALONE | typeof AMONG_OTHERS,
): Promise<number> {
  const file = new URL("time-case.ts", import.meta.url);
  return (await inFreshProcess<TimeResult>(file, [operation, client, setting])).nsPerCall;
}

/** Bytes that each call of ours leaves on the heap. */
export async function heapBytesOf(operation: string): Promise<number> {
  // A young generation of 512 MiB takes all that ten million calls may allocate: no collection hides any of it.
  const flags = ["--expose-gc", "--min-semi-space-size=512", "--max-semi-space-size=512"];
  const result = await inFreshProcess<HeapResult>(new URL("heap-case.ts", import.meta.url), [operation], flags);
  return result.bytesPerCall;
}
