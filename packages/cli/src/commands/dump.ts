/** `haltwatch dump`: what a store holds, as OpenMetrics text. */
import { once } from "node:events";
import { dump } from "@haltwatch/server";

export interface DumpFlags {
  readonly from: string;
  readonly match?: readonly string[];
  /** Unix milliseconds. */
  readonly start?: number;
  readonly end?: number;
  readonly omitStale?: true;
}

/** Writes no faster than the reader reads. */
export async function dumpCommand({ from, match, start, end, omitStale }: DumpFlags): Promise<void> {
  const { stdout, stderr } = process;
  let unnamed = 0;
  const pieces = dump({
    from,
    match,
    startMs: start,
    endMs: end,
    omitStale,
    onUnnamed: () => {
      unnamed += 1;
    },
  });
  for (const piece of pieces) if (!stdout.write(piece)) await once(stdout, "drain");
  if (unnamed > 0) stderr.write(`haltwatch: left out ${unnamed} series without a metric name\n`);
}
