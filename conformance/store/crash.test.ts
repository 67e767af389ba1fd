/** What was committed survives kill -9 at any moment, whatever the store was doing. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Store, type StoredSeries } from "@haltwatch/store";
import { expect, test } from "vitest";
import { FIRST_MS, hasSingle, SERIES, sampleAt } from "./ingest.ts";

const KILLS = Number(process.env["HALTWATCH_KILLS"] ?? 30);

/** Longest time that the store works before it is killed, milliseconds. */
const MAX_WORK_MS = 150;

test(
  `killed at ${KILLS} random moments, the file holds all that was committed and nothing else`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "haltwatch-crash-"));
    try {
      const path = join(folder, "test.db");
      let committed = -1;
      for (let kill = 0; kill < KILLS; kill++) {
        const told = await ingestUntilKilled(path, Math.random() * MAX_WORK_MS);
        committed = Math.max(committed, told.committed);
        const last = check(path);
        expect(last).toBeGreaterThanOrEqual(committed);
        expect(last).toBeLessThanOrEqual(Math.max(committed, told.appended));
      }
      expect(committed).toBeGreaterThan(KILLS);
      process.stdout.write(`${KILLS} kills, ${committed + 1} rows committed, none lost\n`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  60_000 + KILLS * 2_000,
);

/** @returns the last second that it told of as appended, and as committed */
async function ingestUntilKilled(path: string, workMs: number): Promise<{ appended: number; committed: number }> {
  const script = fileURLToPath(new URL("ingest.ts", import.meta.url));
  const child: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, [script, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
  });
  const closed = once(child, "close");
  await Promise.race([once(child.stdout, "data"), closed]);
  await delay(workMs);
  child.kill("SIGKILL");
  await closed;
  const last = (word: string): number =>
    Number([...output.matchAll(new RegExp(`${word} (\\d+)\\n`, "g"))].at(-1)?.[1] ?? -1);
  // The row that was being appended, and two more of its commit, may be in the file without having been told of.
  return { appended: last("appended") + 3, committed: last("committed") };
}

/** Every sample is the one that was sent, and every one that was sent is there. @returns the last second */
function check(path: string): number {
  using store = new Store({ path, commitIntervalMs: 0, now: () => FIRST_MS });
  const found = store.select([{ name: "__name__", operator: "=", value: "x" }], 0, Number.POSITIVE_INFINITY);
  const last = (store.stats().maxMs - FIRST_MS) / 1000;
  const byIndex = new Map(found.map((series) => [series.labels.get("index"), series]));
  for (const index of [...Array(SERIES).keys(), "single" as const]) {
    const sentAt = (second: number) =>
      index === "single" ? (hasSingle(second) ? second : undefined) : sampleAt(index, second);
    compare(String(index), byIndex.get(String(index)), last, sentAt);
  }
  return last;
}

/** Sample by sample: the files hold millions of them in the end. */
function compare(
  index: string,
  series: StoredSeries | undefined,
  last: number,
  sentAt: (second: number) => number | "stale" | undefined,
): void {
  let row = 0;
  for (let second = 0; second <= last; second++) {
    const sent = sentAt(second);
    if (sent === undefined) continue;
    const timeMs = series?.times[row];
    const read = series?.stale?.[row] === 1 ? "stale" : series?.values[row];
    if (timeMs !== FIRST_MS + second * 1000 || !Object.is(read, sent)) {
      throw new Error(`series ${index}, second ${second}: sent ${sent}, read ${read} at ${timeMs}`);
    }
    row += 1;
  }
  expect(series?.times.length ?? 0, `samples of series ${index}`).toBe(row);
}
