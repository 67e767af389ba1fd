import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { all } from "../../testing/quotes.ts";
import { recordedLines } from "./recorded-lines.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "haltwatch-lines-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function linesOf(content: string | Uint8Array) {
  const file = join(dir, "recording");
  writeFileSync(file, content);
  const parts = await all(recordedLines(file));
  return { lines: parts.flatMap(({ lines }) => lines), torn: parts.at(-1)?.torn ?? false };
}

const TEXT = Array.from({ length: 20_000 }, (_, i) => `${i} → ${Math.sin(i)}\n`).join("");
const LINES = TEXT.trimEnd().split("\n");

test.each([
  ["plain", (text: string) => Buffer.from(text)],
  ["gzip", (text: string) => gzipSync(text)],
  ["zstd", (text: string) => zstdCompressSync(text)],
])("%s, in one piece or several behind each other", async (_, pack) => {
  expect(await linesOf(pack(TEXT))).toEqual({ lines: LINES, torn: false });
  const [half, rest] = [TEXT.slice(0, 333_333), TEXT.slice(333_333)];
  expect(await linesOf(Buffer.concat([pack(half), pack(rest)]))).toEqual({ lines: LINES, torn: false });
});

test("Windows line ends and a byte order mark are no part of a line; nothing is nothing", async () => {
  expect(await linesOf("\uFEFFa,b\r\n1,2\r\n")).toEqual({ lines: ["a,b", "1,2"], torn: false });
  expect(await linesOf("")).toEqual({ lines: [], torn: false });
});

test.each([
  ["plain", Buffer.from(TEXT).subarray(0, 300_000)],
  ["gzip", gzipSync(TEXT).subarray(0, 100_000)],
  ["zstd", zstdCompressSync(TEXT).subarray(0, 150_000)],
])(
  "of a file that ends in the middle, %s, there are the lines that were finished, and one that may not be",
  async (_, content) => {
    const { lines, torn } = await linesOf(content);

    expect(lines.length).toBeGreaterThan(1000);
    expect(lines.slice(0, -1)).toEqual(LINES.slice(0, lines.length - 1));
    expect(torn).toBe(true);
  },
);

test("a file that was damaged is an error, not an end", async () => {
  const damaged = gzipSync(TEXT);
  damaged.fill(7, 50_000, 50_100);

  await expect(linesOf(damaged)).rejects.toThrow();
});
