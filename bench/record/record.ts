/** Recording beside the other clients: nanoseconds for each call, and the bytes that ours leave on the heap. */
import { median, rounded } from "../median.ts";
import { PROM_CLIENTS } from "../prom-client-api.ts";
import { printTable } from "../table.ts";
import {
  ALONE,
  AMONG_OTHERS,
  EMPTY_LOOP,
  HEAP_CONTROL,
  heapBytesOf,
  OPENTELEMETRY,
  RECORD_ORDER,
  timeOf,
} from "./cases.ts";
import { OPENTELEMETRY_OPERATIONS } from "./opentelemetry-operations.ts";
import { OPERATIONS, type OperationKind } from "./operations.ts";

const RUNS = 5;
const OURS = "@haltwatch/bot";
const CLIENTS: readonly string[] = [...PROM_CLIENTS, OPENTELEMETRY];
const PEERS = CLIENTS.filter((client) => client !== OURS);

/** Ten million calls of each of these must leave nothing behind. */
const HEAP_OPERATIONS = [...OPERATIONS.filter(({ kind }) => kind === "bound").map(({ name }) => name), RECORD_ORDER];

interface Case {
  readonly operation: string;
  readonly client: string;
}

/** Nanoseconds by operation, then client. */
type Times = ReadonlyMap<string, ReadonlyMap<string, number>>;

export async function record(): Promise<object> {
  const times = await measureTimes(cases(), ALONE);
  printTimes("ns for each call", times);
  const ratios = ratiosOf(times);
  printTable(
    ["their time / ours", ...PEERS],
    [...ratios].map(([operation, row]) => [operation, ...PEERS.map((peer) => shown(row.get(peer)))]),
  );
  // Bound series cannot depend on it: they are found already. OpenTelemetry's API cannot be used in the same ways.
  const lookups = cases().filter(({ operation, client }) => client !== OPENTELEMETRY && kindOf(operation) === "lookup");
  const amongOthers = await measureTimes(lookups, AMONG_OTHERS);
  printTimes("ns for each call, other metrics used before", amongOthers);
  const ratiosAmongOthers = ratiosOf(amongOthers);
  const heap = await measureHeap();
  printTable(
    ["bytes left on the heap by each call", OURS],
    [...heap].map(([operation, bytes]) => [operation, bytes.toFixed(3)]),
  );
  const measured = HEAP_OPERATIONS.map((operation) => heap.get(operation) ?? Number.NaN);
  return {
    bound_ratio_min: slowest(ratios, "bound", (row) => row.get("prom-client")),
    lookup_ratio_min: slowest(ratios, "lookup", (row) => row.get("prom-client")),
    bound_best_peer_min: slowest(ratios, "bound", (row) => Math.min(...row.values())),
    lookup_best_peer_min: slowest(ratios, "lookup", (row) => Math.min(...row.values())),
    among_others_lookup_ratio_min: slowest(ratiosAmongOthers, "lookup", (row) => row.get("prom-client")),
    among_others_lookup_best_peer_min: slowest(ratiosAmongOthers, "lookup", (row) => Math.min(...row.values())),
    recordOrder_ns: rounded(times.get(RECORD_ORDER)?.get(OURS) ?? Number.NaN),
    heap_bytes_per_op: rounded(Math.max(...measured), 3),
    heap_control_bytes_per_op: rounded(heap.get(HEAP_CONTROL) ?? Number.NaN, 3),
    empty_loop_ns: rounded(times.get(EMPTY_LOOP)?.get(OURS) ?? Number.NaN),
    ratios: Object.fromEntries([...ratios].map(([operation, row]) => [operation, Object.fromEntries(row)])),
  };
}

/** Every case once, then again: what disturbs the machine for a while disturbs all clients alike. */
async function measureTimes(measured: readonly Case[], setting: typeof ALONE | typeof AMONG_OTHERS): Promise<Times> {
  const runs = new Map(measured.map((one) => [one, [] as number[]]));
  for (let run = 1; run <= RUNS; run++) {
    process.stderr.write(`record, ${setting}: run ${run} of ${RUNS}, ${runs.size} cases\n`);
    for (const [{ operation, client }, results] of runs) results.push(await timeOf(operation, client, setting));
  }
  const times = new Map<string, Map<string, number>>();
  for (const [{ operation, client }, results] of runs) {
    const row = times.get(operation) ?? new Map<string, number>();
    times.set(operation, row.set(client, median(results)));
  }
  return times;
}

function cases(): Case[] {
  const shared = OPERATIONS.flatMap(({ name }) =>
    CLIENTS.filter((client) => client !== OPENTELEMETRY || OPENTELEMETRY_OPERATIONS.has(name)).map((client) => ({
      operation: name,
      client,
    })),
  );
  return [{ operation: EMPTY_LOOP, client: OURS }, ...shared, { operation: RECORD_ORDER, client: OURS }];
}

async function measureHeap(): Promise<ReadonlyMap<string, number>> {
  const heap = new Map<string, number>();
  for (const operation of [HEAP_CONTROL, ...HEAP_OPERATIONS]) heap.set(operation, await heapBytesOf(operation));
  return heap;
}

/** Each peer's time over ours, by operation, then peer. */
function ratiosOf(times: Times): Times {
  const ratios = new Map<string, Map<string, number>>();
  for (const { name } of OPERATIONS) {
    const row = times.get(name);
    if (row === undefined) continue;
    const ours = row.get(OURS) ?? Number.NaN;
    const theirs = [...row].filter(([client]) => client !== OURS);
    ratios.set(name, new Map(theirs.map(([peer, time]) => [peer, rounded(time / ours)])));
  }
  return ratios;
}

/** The least of a ratio over all operations of a kind. */
function slowest(
  ratios: Times,
  kind: OperationKind,
  ratioOf: (row: ReadonlyMap<string, number>) => number | undefined,
): number {
  const ofKind = OPERATIONS.filter((operation) => operation.kind === kind);
  return Math.min(...ofKind.map(({ name }) => ratioOf(ratios.get(name) ?? new Map()) ?? Number.NaN));
}

function kindOf(operation: string): OperationKind | undefined {
  return OPERATIONS.find(({ name }) => name === operation)?.kind;
}

function printTimes(title: string, times: Times): void {
  const rows = [...times].map(([operation, row]) => [operation, ...CLIENTS.map((client) => shown(row.get(client)))]);
  printTable([title, ...CLIENTS], rows);
}

function shown(value: number | undefined): string {
  return value === undefined ? "–" : value.toFixed(1);
}
