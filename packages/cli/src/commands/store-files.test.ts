import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

/** Most memory that a command may take, however large the file, bytes. */
const MAX_RSS_BYTES = 700 * 2 ** 20;

const BODY = [
  "# TYPE orders counter",
  "# HELP orders Orders, by venue",
  'orders_total{venue="cex"} 1 1700000000',
  'orders_total{venue="cex"} 2.5 1700000015.250',
  'orders_total{venue="cex"} NaN 1700000030 # {haltwatch_stale="1"} 1',
  'orders_total{venue="dex"} 1e-7 1700000000',
  "# EOF",
  "",
].join("\n");

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "haltwatch-cli-store-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function run(args: readonly string[], input = "") {
  return spawnSync(process.execPath, [MAIN, ...args], { cwd: dir, input, encoding: "utf8", maxBuffer: 1e9 });
}

test("what is imported is dumped, from haltwatch.db unless told otherwise", () => {
  writeFileSync(join(dir, "body.om.gz"), gzipSync(BODY));

  const taken = run(["import", "body.om.gz"]);
  const again = run(["import", "-", "--into", "haltwatch.db"], BODY);
  const text = run(["dump"]);
  const some = run(["dump", "--match", '{venue="cex"}', "--start", "2023-11-14T22:13:21Z", "--omit-stale"]);

  expect(taken).toMatchObject({
    status: 0,
    stdout: "haltwatch.db: 4 samples of 2 series, from 2023-11-14T22:13:20.000Z to 2023-11-14T22:13:50.000Z\n",
    stderr: "",
  });
  expect(again).toMatchObject({ status: 0, stdout: "haltwatch.db: nothing new; 4 duplicates left out\n" });
  expect(text).toMatchObject({ status: 0, stdout: BODY });
  expect(some.stdout).toContain('orders_total{venue="cex"} 2.5 1700000015.250\n# EOF\n');
  expect(some.stdout).not.toContain("NaN");
});

test("a line that is wrong is one line with its place, what to do and what was kept, and exit code 2", () => {
  const { status, stdout, stderr } = run(["import", "-"], 'a 1 1\nb{x="y"} 1\n# EOF\n');

  expect(status).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^haltwatch: stdin:2:11: the sample has no timestamp\. Give .*; nothing was kept\.\n$/);
});

test.each([
  [["import", "none.om"], /^haltwatch: none.om: there is no such file\. .*\n$/],
  [["dump"], /^haltwatch: haltwatch.db: there is no such file\. .*--from.*\n$/],
  [["dump", "--from", "x"], /^haltwatch: x: .*\n$/],
  [["dump", "--start", "soon"], /2026-01-31T08:00:00Z/],
  [["salvage", "none.db", "new.db"], /^haltwatch: there is no none.db\. .*\n$/],
  [["salvage", "none.db"], /missing required argument/],
])("%j is wrong use", (args, message) => {
  const { status, stderr } = run(args);

  expect(status).toBe(2);
  expect(stderr).toMatch(message);
  expect(existsSync(join(dir, "haltwatch.db"))).toBe(false);
});

test("a selector that is none, and a store that is none, are said so", () => {
  run(["import", "-"], BODY);
  writeFileSync(join(dir, "text.db"), "no database at all, only text".repeat(100));

  expect(run(["dump", "--match", "up{"]).stderr).toMatch(/^haltwatch: the selector "up\{": 1:4: parse error: .*\n$/);
  expect(run(["dump", "--match", "rate(up[1m])"]).stderr).toContain("no plain selector");
  expect(run(["dump", "--from", "text.db"])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("no database"),
  });
});

test("salvage of a sound store loses nothing, and of a damaged one it says what is lost with exit code 1", () => {
  const lines = Array.from({ length: 60_000 }, (_, i) => `m{s="${i % 40}"} ${Math.sin(i)} ${1_700_000_000 + i}\n`);
  run(["import", "-"], `${lines.join("")}# EOF\n`);
  const damaged = join(dir, "damaged.db");
  copyFileSync(join(dir, "haltwatch.db"), damaged);
  const bytes = readFileSync(damaged);
  const page = 4096 * Math.floor((0.7 * bytes.length) / 4096);
  bytes.fill(0xa5, page, page + 4096);
  writeFileSync(damaged, bytes);

  const sound = run(["salvage", "haltwatch.db", "copy.db"]);
  const saved = run(["salvage", "damaged.db", "saved.db"]);

  expect(sound).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^Saved 60000 samples of 40 series .*\nNothing is lost/),
  });
  expect(saved.status).toBe(1);
  expect(saved.stdout).toMatch(/^Saved \d+ samples of 40 series in saved\.db\.\nLost, as it cannot be read \(\d+\):\n/);
  expect(saved.stdout).toMatch(/ {2}.*\(20\d\d-.*Z to 20\d\d-.*Z\)/);
  const rest = run(["dump", "--from", "saved.db"]).stdout.match(/^m\{/gm)?.length;
  expect(saved.stdout).toContain(`Saved ${rest} samples`);
  expect(run(["salvage", "haltwatch.db", "saved.db"])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("already"),
  });
});

test("a reader that stops early is no failure, and one that is slow is waited for, in bounded memory", async () => {
  const count = 3_000_000;
  const source = spawn(process.execPath, [MAIN, "import", "-"], { cwd: dir, stdio: ["pipe", "inherit", "inherit"] });
  for (let from = 0; from < count; from += 10_000) {
    let text = "";
    for (let i = from; i < from + 10_000; i++)
      text += `a_metric{of="some",length="${i % 7}"} ${i} ${1_600_000_000 + i}\n`;
    if (!source.stdin.write(text)) await once(source.stdin, "drain");
  }
  source.stdin.end("# EOF\n");
  const imported = rssWhile(source.pid);
  expect((await once(source, "close"))[0]).toBe(0);

  const stopped = spawnSync(
    "bash",
    ["-c", `"$0" "$1" dump | head -n 1; echo "\${PIPESTATUS[0]}"`, process.execPath, MAIN],
    {
      cwd: dir,
      encoding: "utf8",
    },
  );
  const slow = spawn(process.execPath, [MAIN, "dump"], { cwd: dir, stdio: ["ignore", "pipe", "inherit"] });
  await delay(2_000); // nobody reads, as long as it would take to dump all
  const waiting = rssOf(slow.pid);
  let lines = 0;
  for await (const chunk of slow.stdout) for (const byte of chunk as Buffer) if (byte === 0x0a) lines++;

  expect(imported()).toBeLessThan(MAX_RSS_BYTES);
  expect(stopped).toMatchObject({ stdout: expect.stringMatching(/^a_metric.*\n0\n$/), stderr: "" });
  expect(waiting).toBeLessThan(MAX_RSS_BYTES);
  expect(lines).toBe(count + 1);
  expect(statSync(join(dir, "haltwatch.db")).size).toBeLessThan(count * 4);
}, 120_000);

/** Bytes; 0 where the system does not tell. */
function rssOf(pid: number | undefined): number {
  const status = `/proc/${pid}/status`;
  return existsSync(status) ? 1024 * Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(status, "utf8"))?.[1] ?? 0) : 0;
}

/** Watches; gives the largest. */
function rssWhile(pid: number | undefined): () => number {
  let largest = 0;
  const timer = setInterval(() => {
    largest = Math.max(largest, rssOf(pid));
  }, 100);
  timer.unref();
  return () => {
    clearInterval(timer);
    return largest;
  };
}
