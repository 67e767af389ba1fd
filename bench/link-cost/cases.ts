/** The cases of `link-cost`, and the process that they link with. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { inFreshProcess } from "../fresh-process.ts";

export const TOKEN = "bench";

/** Its growth pauses the bot, in the server's case. */
export const PAUSED_BY = "link_cost_failures_total";

/** Without a link; with one and no pause rule that touches what is recorded; with one that touches all of it. */
export const SETTINGS = ["off", "on", "watched"] as const;
export type Setting = (typeof SETTINGS)[number];

export const OPERATIONS = [
  "counter.inc()",
  "gauge.set(v)",
  "histogram.observe(v)",
  "recordOrder(report, venue)",
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** What `recording-case.ts` tells, nanoseconds for each call. */
export interface RecordingResult {
  /** Of many calls in a turn of the event loop, the turn's end apart. */
  readonly nsPerCall: number;
  /** Of one call after some rest, with cold caches. If the series is watched, it is the one that asks for the turn's end. */
  readonly nsOfFirst: number;
}

/** What `reaction-case.ts` tells: from the record to `allowed()` being false, milliseconds. */
export interface ReactionResult {
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** What `away-case.ts` tells of ten minutes without Haltwatch. */
export interface AwayResult {
  readonly heapBytes: number;
  readonly keptSamples: number;
  readonly droppedSamples: number;
}

export interface LinkProcess extends AsyncDisposable {
  readonly url: string;
}

export async function linkProcess(watched: readonly string[]): Promise<LinkProcess> {
  const file = fileURLToPath(new URL("server-case.ts", import.meta.url));
  const child = spawn(process.execPath, [file, watched.join(",")], { stdio: ["ignore", "pipe", "inherit"] });
  const { value: port } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await once(child, "exit");
    },
  };
}

export function recording(operation: Operation, setting: Setting, url: string): Promise<RecordingResult> {
  return inFreshProcess<RecordingResult>(new URL("recording-case.ts", import.meta.url), [operation, setting, url]);
}

export function reaction(url: string, trials: number, otherSeries: number): Promise<ReactionResult> {
  return inFreshProcess<ReactionResult>(
    new URL("reaction-case.ts", import.meta.url),
    [url, String(trials), String(otherSeries)],
    [],
    300_000,
  );
}

export function away(): Promise<AwayResult> {
  return inFreshProcess<AwayResult>(new URL("away-case.ts", import.meta.url), [], ["--expose-gc"]);
}
