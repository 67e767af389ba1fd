/** How soon people are told, and what a flood of alerts does to all else that Haltwatch does. */
import { inFreshProcess } from "../fresh-process.ts";
import { median, rounded } from "../median.ts";
import { printTable } from "../table.ts";

const TRIALS = 300;
const RUNS = 3;

interface SingleResult {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface FloodResult {
  /** By the clock on the wall, and by the time that the thread had a processor. */
  readonly maxMs: number;
  readonly maxCpuMs: number;
  readonly groupedMs: number;
  readonly requests: number;
}

/** Groups of a hundred alerts, and each alert a group. */
const GROUPINGS = ["bot", "bot,venue"] as const;

export async function notify(): Promise<object> {
  const single = await inFreshProcess<SingleResult>(new URL("single-case.ts", import.meta.url), [String(TRIALS)]);
  const floods = new Map<string, FloodResult>();
  for (const grouping of GROUPINGS) {
    const runs: FloodResult[] = [];
    for (let run = 0; run < RUNS; run++)
      runs.push(await inFreshProcess<FloodResult>(new URL("flood-case.ts", import.meta.url), [grouping]));
    const middle = (of: keyof FloodResult): number => median(runs.map((one) => one[of]));
    floods.set(grouping, {
      ...{ maxMs: middle("maxMs"), maxCpuMs: middle("maxCpuMs") },
      ...{ groupedMs: middle("groupedMs"), requests: middle("requests") },
    });
  }
  printTable(
    ["from the alert to its request", "ms"],
    [
      ["median", single.p50Ms.toFixed(2)],
      ["99th percentile", single.p99Ms.toFixed(2)],
    ],
  );
  printTable(
    ["10,000 alerts at once, grouped by", "longest turn, ms", "of it computing, ms", "all grouped, ms", "requests"],
    [...floods].map(([grouping, { maxMs, maxCpuMs, groupedMs, requests }]) => [
      ...[grouping, maxMs.toFixed(1), maxCpuMs.toFixed(1), groupedMs.toFixed(0), requests.toFixed(0)],
    ]),
  );
  const worst = (of: keyof FloodResult): number => Math.max(...[...floods.values()].map((one) => one[of]));
  return {
    p50_ms: rounded(single.p50Ms),
    p99_ms: rounded(single.p99Ms),
    max_block_ms: rounded(worst("maxMs")),
    max_block_cpu_ms: rounded(worst("maxCpuMs")),
    grouped_ms: rounded(worst("groupedMs")),
  };
}
