import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { OrderReport } from "../arbitrage/records.ts";
import type { HaltwatchError } from "../errors.ts";
import { csvLine, parseCsvLine } from "./csv-line.ts";
import type { CsvRecord } from "./csv-records.ts";
import { CsvSink, type CsvSinkOptions } from "./csv-sink.ts";
import { readCsvRecords, type TornLine } from "./read-csv-records.ts";

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 10, 21, 12);

let dir: string;
let now: number;
let problems: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "haltwatch-csv-"));
  now = START;
  problems = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function open(options: Partial<CsvSinkOptions> = {}): Promise<CsvSink> {
  return CsvSink.open({ dir, now: () => now, onProblem: (error) => problems.push(error.oneLine()), ...options });
}

async function readBack(...paths: string[]): Promise<(CsvRecord | TornLine)[]> {
  const records: (CsvRecord | TornLine)[] = [];
  for await (const record of readCsvRecords(paths.length === 0 ? [dir] : paths)) records.push(record);
  return records;
}

const text = fc.string({ unit: "grapheme" });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const order: fc.Arbitrary<OrderReport> = fc
  .record({
    status: fc.constantFrom("filled", "partially_filled", "canceled", "rejected", "failed"),
    orderId: optional(text),
    symbol: optional(text),
    side: optional(fc.constantFrom("buy", "sell")),
    volumeQuote: optional(fc.double()),
    latency: optional(fc.double()),
    reason: optional(text),
  })
  .map(
    (report) => Object.fromEntries(Object.entries(report).filter(([, value]) => value !== undefined)) as typeof report,
  );

test("A3 each row parses back to what was recorded", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(order, text), { minLength: 1, maxLength: 20 }),
      fc.array(fc.tuple(text, fc.double())),
      fc.array(fc.tuple(fc.double(), fc.double(), optional(text))),
      async (orders, latencies, spreads) => {
        rmSync(dir, { recursive: true, force: true });
        const sink = await open();
        for (const [report, venue] of orders) sink.order(report, venue === "" ? "cex" : venue);
        for (const [metric, ms] of latencies) sink.latency(metric, ms);
        for (const [spreadGrossBps, spreadNetBps, symbol] of spreads) {
          sink.opportunity({ spreadGrossBps, spreadNetBps, ...(symbol === undefined ? {} : { symbol }) });
          sink.spread({ grossBps: spreadGrossBps, netBps: spreadNetBps });
        }
        await sink.close();

        const read = await readBack();

        const time = new Date(now);
        const of = (kind: string) => read.filter((record) => record.kind === kind);
        expect(of("order")).toEqual(
          orders.map(([report, venue]) => ({ kind: "order", time, venue: venue === "" ? "cex" : venue, report })),
        );
        expect(of("latency")).toEqual(latencies.map(([metric, ms]) => ({ kind: "latency", time, metric, ms })));
        expect(of("spread")).toEqual(
          spreads.map(([grossBps, netBps]) => ({ kind: "spread", time, spread: { grossBps, netBps } })),
        );
        expect(of("opportunity")).toHaveLength(spreads.length);
      },
    ),
    { numRuns: 60 },
  );
});

test("A3 a line of cells reads back, whatever is in them, and is one line", () => {
  fc.assert(
    fc.property(fc.array(optional(fc.string({ unit: "grapheme" })), { minLength: 1 }), (cells) => {
      const line = csvLine(cells);
      expect(line).not.toMatch(/[\r\n]/);
      expect(parseCsvLine(line)).toEqual(cells);
    }),
  );
});

test("A3 a Temporal.Duration or bigint latency is written in milliseconds", async () => {
  const sink = await open();
  sink.order({ status: "filled", latency: { seconds: 1, milliseconds: 5 } }, "cex");
  sink.order({ status: "filled", latency: 2_500_000n }, "cex");
  await sink.close();

  expect((await readBack()).map((record) => record.kind === "order" && record.report.latency)).toEqual([1005, 2.5]);
});

test("A3 files rotate by UTC day and by size, and old ones go", async () => {
  writeFileSync(join(dir, "orders-2026-09-01.csv"), "old\n");
  writeFileSync(join(dir, "orders-notes.csv"), "somebody else's\n");
  const sink = await open({ maxFileBytes: 200, keepDays: 30 });
  for (let i = 0; i < 3; i++) {
    for (let row = 0; row < 3; row++) sink.order({ status: "filled", orderId: `${i}-${row}` }, "cex");
    await sink.flush();
  }
  now += DAY_MS;
  sink.order({ status: "filled", orderId: "next day" }, "cex");
  await sink.close();

  const files = readdirSync(dir).filter((name) => name.startsWith("orders-"));
  expect(files.sort()).toEqual([
    "orders-2026-11-21.1.csv",
    "orders-2026-11-21.2.csv",
    "orders-2026-11-21.csv",
    "orders-2026-11-22.csv",
    "orders-notes.csv",
  ]);
  const ids = (await readBack(...files.filter((name) => name !== "orders-notes.csv").map((name) => join(dir, name))))
    .length;
  expect(ids).toBe(10);
});

test("A3 a restart goes on in the same file, but not behind a line that a crash tore", async () => {
  const first = await open();
  first.latency("a", 1);
  await first.close();
  const second = await open();
  second.latency("b", 2);
  await second.close();
  const file = join(dir, "latencies-2026-11-21.csv");
  expect(readFileSync(file, "utf8").split("\n")).toHaveLength(4);

  appendFileSync(file, "2026-11-21T12:0");
  const third = await open();
  third.latency("c", 3);
  await third.close();

  const read = (await readBack()).filter((record) => record.kind === "latency" || record.kind === "torn");
  expect(read.map((record) => (record.kind === "latency" ? record.metric : record))).toEqual([
    "c",
    "a",
    "b",
    { kind: "torn", file, line: 4 },
  ]);
});

test("A3 kill -9 loses no row that was flushed", { timeout: 60_000 }, async () => {
  const writer = fileURLToPath(new URL("./testing/write-until-killed.ts", import.meta.url));
  let flushed = 0;
  for (let round = 0; round < 8; round++) {
    const child = spawn(process.execPath, [writer, dir, String(flushed)], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    while (!output.includes("\n")) await once(child.stdout, "data");
    setTimeout(() => child.kill("SIGKILL"), 20 + round * 17);
    await once(child, "close");

    flushed = Number(output.trimEnd().split("\n").at(-1));
    const written = (await readBack()).flatMap((record) => (record.kind === "latency" ? [record.ms] : []));
    const ordered = [...new Set(written)].sort((a, b) => a - b);
    expect(ordered.slice(0, flushed)).toEqual(Array.from({ length: flushed }, (_, i) => i));
  }
  expect(flushed).toBeGreaterThan(0);
});

test("A3 a disk that does not take the rows is told once; they wait, and are written when it does again", async () => {
  const sink = await open();
  sink.latency("first", 1);
  await sink.flush();
  rmSync(dir, { recursive: true });
  writeFileSync(dir, "a file where the directory was");
  now += DAY_MS; // a new file is needed, which cannot be made

  for (let i = 0; i < 5; i++) {
    sink.latency("waiting", i);
    await sink.flush();
  }
  expect(problems).toEqual([expect.stringMatching(/latencies in .* cannot be written/)]);

  rmSync(dir);
  mkdirSync(dir);
  await sink.close();
  const read = (await readBack()).filter((record) => record.kind === "latency");
  expect(read.map((record) => record.ms)).toEqual([0, 1, 2, 3, 4]);
  expect(sink.droppedRows).toBe(0);
});

test("A3 what waits is bounded: beyond it rows are dropped, counted, and told once", async () => {
  const sink = await open({ maxBufferCharacters: 1000 });

  for (let i = 0; i < 100; i++) sink.latency("scanner", i);
  await sink.close();
  sink.latency("after the end", 1);

  const read = (await readBack()).filter((record) => record.kind === "latency");
  expect(read.length + sink.droppedRows).toBe(101);
  expect(sink.droppedRows).toBeGreaterThan(50);
  expect(problems).toEqual([expect.stringContaining("lines are dropped")]);
});

test("A3 a directory that cannot be made is one clear error at the start", async () => {
  const file = join(dir, "file");
  writeFileSync(file, "");

  await expect(open({ dir: join(file, "csv") })).rejects.toMatchObject({
    code: "UNWRITABLE_DIRECTORY",
    hint: expect.stringContaining("may write"),
  } satisfies Partial<HaltwatchError>);
});

test.each([
  [
    "time,metric,latency_ms\nyesterday,a,1\n",
    'latencies-2026-11-21.csv:2:1: this is not a record: its time is "yesterday"',
  ],
  ["time,metric,latency_ms\n2026-11-21T12:00:00.000Z,a,fast\n", ':2:1: this is not a record: its latency_ms is "fast"'],
  ['time,metric,latency_ms\n2026-11-21T12:00:00.000Z,"a,1\n', ":2:26: this is not a record: a quote is not closed"],
  [
    "time,metric,latency_ms\n2026-11-21T12:00:00.000Z,a\n",
    ":2:1: this is not a record: it has 2 cells, and should have 3",
  ],
  ["a,b\n", ":1:1: this is not a record: its first line is not that of"],
])("A3 a damaged file is one error with its place", async (content, message) => {
  const file = join(dir, "latencies-2026-11-21.csv");
  writeFileSync(file, content);

  const error: HaltwatchError = await readBack(file).then(
    () => expect.fail("read"),
    (caught) => caught,
  );

  expect(error.oneLine()).toContain(message);
});

test("a record whose values are not what their types say does not end the bot", async () => {
  const sink = await open();

  sink.order({ status: "filled", symbol: { toString: 1 } as never }, "cex");
  sink.order(undefined as never, "cex");
  sink.order({ status: "filled" }, "cex");
  await sink.close();

  expect(problems).toHaveLength(1);
  expect((await readBack()).at(-1)).toMatchObject({ kind: "order", report: { status: "filled" } });
});
