/** What the link costs a bot: nanoseconds for each record, memory without Haltwatch, and how soon a pause is there. */
import { rounded } from "../median.ts";
import { printTable } from "../table.ts";
import {
  away,
  linkProcess,
  OPERATIONS,
  type Operation,
  PAUSED_BY,
  type RecordingResult,
  reaction,
  recording,
  SETTINGS,
  type Setting,
} from "./cases.ts";

const RUNS = 5;

/** All that the operations record to. */
const WATCHED = [
  "cost_total",
  "cost",
  "cost_ms_bucket",
  "orders_total",
  "orders_failed_total",
  "volume_total",
  "latency_ms_bucket",
];

const TRIALS = 1_000;
const OTHER_SERIES = 5_000;

type Results = ReadonlyMap<Operation, ReadonlyMap<Setting, RecordingResult>>;

export async function linkCost(): Promise<object> {
  const results = await measured();
  for (const [title, of] of [
    ["ns for each call, many in a turn", "nsPerCall"],
    ["ns for one call after 3 ms of rest", "nsOfFirst"],
  ] as const) {
    const rows = OPERATIONS.map((one) => [one, ...SETTINGS.map((two) => value(results, one, two, of).toFixed(1))]);
    printTable([title, "link off", "on", "on, watched"], rows);
  }
  const { heapBytes, keptSamples, droppedSamples } = await away();
  await using server = await linkProcess([PAUSED_BY]);
  const { medianMs, p99Ms } = await reaction(server.url, TRIALS, OTHER_SERIES);
  printTable(
    ["", ""],
    [
      ["memory after 10 minutes away, 2,000 series that move each second", `${(heapBytes / 2 ** 20).toFixed(1)} MiB`],
      ["samples kept, and dropped", `${keptSamples}, ${droppedSamples}`],
      [`record to refusal, beside ${OTHER_SERIES} other series: median`, `${medianMs.toFixed(2)} ms`],
      ["99th percentile", `${p99Ms.toFixed(2)} ms`],
    ],
  );
  const worst = (setting: Setting, of: keyof RecordingResult): number =>
    Math.max(...OPERATIONS.map((one) => value(results, one, setting, of) / value(results, one, "off", of)));
  return {
    cost_ratio_max: rounded(Math.max(worst("on", "nsPerCall"), worst("watched", "nsPerCall"))),
    ratio_on: rounded(worst("on", "nsPerCall")),
    ratio_watched: rounded(worst("watched", "nsPerCall")),
    recordOrder_off_ns: rounded(value(results, "recordOrder(report, venue)", "off", "nsPerCall")),
    recordOrder_watched_ns: rounded(value(results, "recordOrder(report, venue)", "watched", "nsPerCall")),
    first_off_ns: rounded(value(results, "recordOrder(report, venue)", "off", "nsOfFirst")),
    first_watched_ns: rounded(value(results, "recordOrder(report, venue)", "watched", "nsOfFirst")),
    away_mb: rounded(heapBytes / 2 ** 20),
    reaction_median_ms: rounded(medianMs, 3),
    reaction_p99_ms: rounded(p99Ms, 3),
  };
}

/** Every case once, then again, and the least of them: what else the machine does is no cost of the link. */
async function measured(): Promise<Results> {
  await using server = await linkProcess(WATCHED);
  await using unwatching = await linkProcess(["nothing"]);
  const runs = new Map(OPERATIONS.flatMap((one) => SETTINGS.map((two) => [`${one} ${two}`, [] as RecordingResult[]])));
  for (let run = 1; run <= RUNS; run++) {
    process.stderr.write(`link-cost: run ${run} of ${RUNS}\n`);
    for (const one of OPERATIONS) {
      for (const two of SETTINGS)
        runs.get(`${one} ${two}`)?.push(await recording(one, two, two === "watched" ? server.url : unwatching.url));
    }
  }
  const of = (results: readonly RecordingResult[]): RecordingResult => ({
    nsPerCall: Math.min(...results.map(({ nsPerCall }) => nsPerCall)),
    nsOfFirst: Math.min(...results.map(({ nsOfFirst }) => nsOfFirst)),
  });
  return new Map(
    OPERATIONS.map((one) => [one, new Map(SETTINGS.map((two) => [two, of(runs.get(`${one} ${two}`) ?? [])]))]),
  );
}

function value(results: Results, operation: Operation, setting: Setting, of: keyof RecordingResult): number {
  return results.get(operation)?.get(setting)?.[of] ?? Number.NaN;
}
