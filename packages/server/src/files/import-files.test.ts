import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { Store } from "@haltwatch/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FileError } from "./file-error.ts";
import { importFiles } from "./import-files.ts";

let dir: string;
let into: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "haltwatch-import-"));
  into = join(dir, "test.db");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const BODY = 'a{x="1"} 1 1\na{x="2"} 2 1\na{x="1"} 3 2\na{x="2"} 4 2\n# EOF\n';

function file(name: string, content: string | Uint8Array): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

function importAll(files: readonly string[], stdin = "", flushSamples?: number) {
  return importFiles({ files, into, stdin: Readable.from([Buffer.from(stdin)]), flushSamples });
}

/** `x=1: 1@1000 3@2000` */
function stored(): string[] {
  using store = new Store({ path: into, commitIntervalMs: 0, retentionMs: Number.POSITIVE_INFINITY });
  return store
    .select([], Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
    .map(({ labels, times, values, stale }) =>
      [`${labels}:`, ...Array.from(times, (at, row) => `${stale?.[row] === 1 ? "stale" : values[row]}@${at}`)].join(
        " ",
      ),
    );
}

async function failure(act: Promise<unknown>): Promise<FileError> {
  const error = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof FileError) return error;
  throw new Error(`not refused: ${String(error)}`);
}

test("files are read as they are or packed, and so is the standard input", async () => {
  const files = [
    file("plain.om", 'p{x="1"} 1 1\n# EOF\n'),
    file("packed.gz", gzipSync('g{x="1"} 1 1\n# EOF')),
    file("packed.zst", zstdCompressSync('z{x="1"} 1 1\n# EOF\n')),
    "-",
  ];

  const report = await importAll(files, BODY);

  expect(report).toEqual({ samples: 7, series: 5, duplicates: 0, minMs: 1000, maxMs: 2000 });
  expect(stored()).toEqual([
    'p{x="1"}: 1@1000',
    'g{x="1"}: 1@1000',
    'z{x="1"}: 1@1000',
    'a{x="1"}: 1@1000 3@2000',
    'a{x="2"}: 2@1000 4@2000',
  ]);
});

test.each([1, 2, 3, 1000])("samples in any order are sorted, the first of two stays (%i at a time)", async (size) => {
  await importAll(["-"], "a 30 3\na 10 1\na 11 1\nb 1 1\na 20 2\na 31 3\n# EOF\n", size);

  const again = await importAll(["-"], "a 12 1\na 15 1.5\na 40 4\n# EOF\n", size);

  expect(again).toMatchObject({ samples: 2, duplicates: 1 });
  expect(stored()).toEqual(["a: 10@1000 15@1500 20@2000 30@3000 40@4000", "b: 1@1000"]);
});

test("NaN is stale with our exemplar only", async () => {
  await importAll(
    ["-"],
    'a_total NaN 1\na_total NaN 2 # {haltwatch_stale="1"} 1\na_total 3 3 # {haltwatch_stale="1"} 1\na_total NaN 4 # {id="1"} 1\n# EOF\n',
  );

  expect(stored()).toEqual(["a_total: NaN@1000 stale@2000 3@3000 NaN@4000"]);
});

test("metadata is kept, and what the store knows already goes before", async () => {
  await importAll(["-"], "# TYPE a gauge\n# HELP a one\na 1 1\n# EOF\n");
  await importAll(["-"], "# TYPE a counter\n# TYPE b_s info\n# UNIT b_s s\n# EOF\n");

  using store = new Store({ path: into, commitIntervalMs: 0 });
  expect(Object.fromEntries(store.metadata)).toEqual({
    a: { type: "gauge", help: "one", unit: "" },
    b_s: { type: "info", help: "", unit: "s" },
  });
});

test.each([
  ["a 1 1\na 2\n# EOF\n", "2:4: the sample has no timestamp"],
  ["a 1 1\na 2 2 2\n# EOF\n", "2:6: expected"],
  ["a 1 1\n\n# EOF\n", "2:1: expected"],
  ["a 1 1\na 2 1e300\n# EOF\n", "2:10: 1e+300 s is no time"],
  ["a 1 1\n", "2:1: the body does not end with # EOF"],
  ["a 1 1\n# EOF\na 2 2\n", "3:1: there is more after # EOF"],
  ['a 1 1\nb{x="1",x="2"} 2 2\n# EOF\n', '2:9: the label "x" is given twice'],
])("%j is refused with line and column, and nothing is kept", async (body, message) => {
  const error = await failure(importAll(["-"], body));

  expect(error.message).toMatch(`stdin:${message}`);
  expect(error.hint).toContain("nothing was kept");
  expect(stored()).toEqual([]);
  using store = new Store({ path: into, commitIntervalMs: 0 });
  expect(store.stats().series).toBe(0);
});

test("line numbers are those of the file, wherever it is cut, and what was written before is told", async () => {
  const lines = Array.from(
    { length: 200_000 },
    (_, index) => `some_metric{number="${index % 100}"} ${index} ${index}\n`,
  );
  const body = `${lines.join("")}some_metric 1\n# EOF\n`;
  const files = [file("good.om", BODY), file("bad.om", body)];

  const error = await failure(importAll(files, "", 30_000));

  expect(error).toMatchObject({ file: files[1], line: 200_001, column: 14, code: "MALFORMED" });
  expect(error.hint).toContain("180004 samples that came before were kept");
  const report = await importAll([file("bad.om", body.replace("some_metric 1\n", ""))]);
  expect(report).toMatchObject({ samples: 20_000, duplicates: 180_000 });
});

test("what is packed and cut off is refused, and what is not there leaves no store behind", async () => {
  const packed = gzipSync(BODY);

  expect((await failure(importAll([file("cut.gz", packed.subarray(0, 20))]))).reason).toMatch("cannot be unpacked");
  rmSync(into);
  expect((await failure(importAll([join(dir, "none")]))).message).toBe(`${join(dir, "none")}: there is no such file`);
  expect((await failure(importAll([dir]))).message).toMatch("is a directory");
  expect(existsSync(into)).toBe(false);
});

test("lines without an end are refused before they fill the memory", async () => {
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(1024 * 1024, 0x61);
    })(),
  );

  const error = await failure(importFiles({ files: ["-"], into, stdin: endless }));

  expect(error.reason).toMatch(/a line has more than \d+ bytes/);
});
