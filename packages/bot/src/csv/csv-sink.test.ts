import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { OrderReport } from "../arbitrage/records.ts";
import type { HaltwatchError } from "../errors.ts";
import { csvLine, MAX_LINE_CHARACTERS, parseCsvLine } from "./csv-line.ts";
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
        for (const [report, venue] of orders) sink.order(report, venue);
        for (const [metric, ms] of latencies) sink.latency(metric, ms);
        for (const [spreadGrossBps, spreadNetBps, symbol] of spreads) {
          sink.opportunity({ spreadGrossBps, spreadNetBps, ...(symbol === undefined ? {} : { symbol }) });
          sink.spread({ grossBps: spreadGrossBps, netBps: spreadNetBps });
        }
        await sink.close();

        const read = await readBack();

        const time = new Date(now);
        const of = (kind: string) => read.filter((record) => record.kind === kind);
        expect(of("order")).toEqual(orders.map(([report, venue]) => ({ kind: "order", time, venue, report })));
        expect(of("latency")).toEqual(latencies.map(([metric, ms]) => ({ kind: "latency", time, metric, ms })));
        expect(of("spread")).toEqual(
          spreads.map(([grossBps, netBps]) => ({ kind: "spread", time, spread: { grossBps, netBps } })),
        );
        expect(of("opportunity")).toEqual(
          spreads.map(([spreadGrossBps, spreadNetBps, symbol]) => ({
            kind: "opportunity",
            time,
            opportunity: { spreadGrossBps, spreadNetBps, ...(symbol === undefined ? {} : { symbol }) },
          })),
        );
        expect(sink.droppedRows).toBe(0);
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
      expect(parseCsvLine(line)).toMatchObject({ cells });
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
  const ids = (await readBack()).map((record) => record.kind === "order" && record.report.orderId);
  expect(ids).toEqual(["0-0", "0-1", "0-2", "1-0", "1-1", "1-2", "2-0", "2-1", "2-2", "next day"]);
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
    "a",
    "b",
    { kind: "torn", file, line: 4 },
    "c",
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
  [
    "time,metric,latency_ms\n2026-11-21T12:00:00.000Z,a,fast\n",
    ':2:28: this is not a record: its latency_ms is "fast"',
  ],
  ['time,metric,latency_ms\n2026-11-21T12:00:00.000Z,"a,1\n', ":2:26: this is not a record: a quote is not closed"],
  [
    "time,metric,latency_ms\n2026-11-21T12:00:00.000Z,a\n",
    ":2:1: this is not a record: it has 2 cells, and should have 3",
  ],
  ['time,metric,latency_ms\n2026-11-21T12:00:00.000Z,a,""\n', ':2:28: this is not a record: its latency_ms is ""'],
  ["time,metric,latency_ms\n2026-11-21T12:00:00.000Z,a,0x10\n", 'its latency_ms is "0x10"'],
  ["time,metric,latency_ms\n2026-11-21T12:00:00.000Z,a,\n", ":2:28: this is not a record: its latency_ms is absent"],
  ["time,metric,latency_ms\n2026,a,1\n", ':2:1: this is not a record: its time is "2026"'],
  [`time,metric,latency_ms\n${"x".repeat(MAX_LINE_CHARACTERS + 1)}\n`, "it is longer than"],
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

test("A3 an order with a status or side that none has is an error with its place", async () => {
  const file = join(dir, "orders-2026-11-21.csv");
  const header = "time,venue,status,order_id,symbol,side,volume_quote,latency_ms,reason";
  writeFileSync(file, `${header}\n2026-11-21T12:00:00.000Z,cex,filled,,,BUY,,,\n`);

  await expect(readBack()).rejects.toMatchObject({ code: "DAMAGED_CSV", file, line: 2, column: 39 });
});

test("A3 a file that cannot be read is one error that names it", async () => {
  await expect(readBack(join(dir, "missing.csv"))).rejects.toMatchObject({ code: "UNREADABLE_FILE" });

  mkdirSync(join(dir, "orders-2026-11-21.csv"));
  await expect(readBack()).rejects.toMatchObject({
    code: "UNREADABLE_FILE",
    file: join(dir, "orders-2026-11-21.csv"),
  });
});

test("A3 parts are read in the order they were written, the tenth behind the second", async () => {
  const header = "time,metric,latency_ms";
  for (const part of ["", ".1", ".2", ".10"]) {
    const row = `2026-11-21T12:00:00.000Z,a,${Number(part.slice(1))}`;
    writeFileSync(join(dir, `latencies-2026-11-21${part}.csv`), `${header}\n${row}\n`);
  }

  const read: (number | false)[] = [];
  for await (const record of readCsvRecords(dir)) read.push(record.kind === "latency" && record.ms);

  expect(read).toEqual([0, 1, 2, 10]);
});

test("a record whose values are not what their types say is counted, told once, and leaves the file readable", async () => {
  const sink = await open();

  // As a bot written in JavaScript may.
  sink.order({ status: "filled", symbol: { toString: 1 } as never }, "cex");
  sink.order(undefined as never, "cex");
  sink.order({ status: "done" as never }, "cex");
  sink.order({ status: "filled", side: "BUY" as never }, "cex");
  sink.order({ status: "filled", volumeQuote: "1" as never }, "cex");
  sink.order({ status: "failed", reason: "x".repeat(MAX_LINE_CHARACTERS) }, "cex");
  sink.latency(undefined as never, 1);
  sink.spread({ grossBps: 1 } as never);
  sink.order({ status: "filled", volumeQuote: null as never, latency: null as never }, "cex");
  await sink.close();

  expect(problems).toEqual([
    expect.stringContaining("a record of kind order cannot be written as CSV: a text is object"),
  ]);
  expect(sink.droppedRows).toBe(8);
  expect(await readBack()).toEqual([
    { kind: "order", time: new Date(now), venue: "cex", report: { status: "filled" } },
  ]);
});

test("a reporter that throws reaches neither an order nor the end", async () => {
  const sink = await open({
    maxBufferCharacters: 10,
    onProblem: () => {
      throw new Error("from the reporter");
    },
  });

  sink.latency("scanner", 1);
  sink.order({ status: "done" as never }, "cex");
  await sink.close();

  expect(sink.droppedRows).toBe(2);
});

test("A10 every close settles only when all is written", async () => {
  const sink = await open();
  sink.latency("scanner", 1);

  void sink.close();
  await sink.close();

  expect(readFileSync(join(dir, "latencies-2026-11-21.csv"), "utf8").split("\n")).toHaveLength(3);
});

test.skipIf(process.platform !== "linux")("a sink of which one file cannot be opened leaves none open", async () => {
  mkdirSync(join(dir, "spreads-2026-11-21.csv"));

  await expect(open()).rejects.toMatchObject({ code: "UNWRITABLE_DIRECTORY" });

  expect(openFilesIn(dir)).toEqual([]);
});

/** What this process has open in the directory, as the kernel says. */
function openFilesIn(directory: string): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const path = readlinkSync(join("/proc/self/fd", fd));
      return path.startsWith(directory) ? [path] : [];
    } catch {
      return []; // the one that listed them is closed by now
    }
  });
}

test("A3 a directory that is removed while its files are open is made again, and nothing told later is lost", async () => {
  const sink = await open();
  rmSync(dir, { recursive: true });

  sink.latency("scanner", 1);
  await sink.close();

  expect(await readBack()).toMatchObject([{ kind: "latency", ms: 1 }]);
});

test("A3 the oldest files beyond the limit go, the newest stay", async () => {
  const sink = await open({ maxFileBytes: 1, keepFiles: 2 });
  for (let i = 0; i < 5; i++) {
    sink.latency("scanner", i);
    await sink.flush();
  }
  await sink.close();

  expect(readdirSync(dir).filter((name) => name.startsWith("latencies"))).toHaveLength(2);
  expect((await readBack()).map((record) => record.kind === "latency" && record.ms)).toEqual([3, 4]);
});

test("A3 an old file that cannot be deleted is told, and keeps nothing from being written", async () => {
  mkdirSync(join(dir, "latencies-2020-01-01.csv"));
  const sink = await open();
  sink.latency("scanner", 1);
  await sink.close();

  expect(problems).toEqual([expect.stringContaining("latencies cannot be deleted")]);
  expect(await readBack(join(dir, "latencies-2026-11-21.csv"))).toMatchObject([{ ms: 1 }]);
});

test("A3 two processes that write to one directory do not spoil each other's files", async () => {
  for (let round = 0; round < 10; round++) {
    rmSync(dir, { recursive: true, force: true });
    const sinks = await Promise.all([open(), open(), open()]);
    for (const [index, sink] of sinks.entries()) {
      for (let row = 0; row < 50; row++) sink.latency(`sink-${index}`, row);
    }
    await Promise.all(sinks.map((sink) => sink.close()));

    const read = (await readBack()).filter((record) => record.kind === "latency");
    expect(read).toHaveLength(150);
  }
});
