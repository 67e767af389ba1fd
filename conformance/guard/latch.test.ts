/** An acknowledged pause survives kill -9 at any moment, and nothing arms itself. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Guard, type JournalHead, printScope, verifyLines } from "@haltwatch/guard";
import { Store } from "@haltwatch/store";
import { expect, test } from "vitest";

const KILLS = Number(process.env["HALTWATCH_KILLS"] ?? 20);

/** Longest time that it pauses and arms before it is killed, milliseconds. */
const MAX_WORK_MS = 100;

test(
  `F4 killed at ${KILLS} random moments, the file has every acknowledged pause, and nothing has armed itself`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "haltwatch-latch-"));
    try {
      const path = join(folder, "test.db");
      let before: ReadonlySet<string> = new Set();
      let heads: JournalHead[] = [];
      let acknowledged = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const lines = await workUntilKilled(path, Math.random() * MAX_WORK_MS);
        acknowledged += lines.filter((line) => line.startsWith("paused ")).length;
        const expected = outcomeOf(before, lines);
        const found = read(path, heads);
        expect([...expected.certain].filter((scope) => !found.scopes.has(scope))).toEqual([]);
        expect([...found.scopes].filter((scope) => !expected.possible.has(scope))).toEqual([]);
        before = found.scopes;
        heads = [...heads, found.head];
      }
      expect(acknowledged).toBeGreaterThan(KILLS);
      process.stdout.write(`${KILLS} kills, ${acknowledged} pauses acknowledged, none lost, none armed by itself\n`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  60_000 + KILLS * 2_000,
);

/** @returns what it told */
async function workUntilKilled(path: string, workMs: number): Promise<string[]> {
  const script = fileURLToPath(new URL("pausing.ts", import.meta.url));
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
  expect(output).toMatch(/^ready\n/);
  return output.slice(0, output.lastIndexOf("\n")).split("\n");
}

/** What must be paused, and what may be: only of the last deed is it not known whether it was done. */
function outcomeOf(before: ReadonlySet<string>, lines: readonly string[]) {
  const certain = new Set(before);
  const possible = new Set(before);
  for (const line of lines) {
    const space = line.indexOf(" ");
    const scope = line.slice(space + 1);
    switch (line.slice(0, space)) {
      case "pausing":
        possible.add(scope);
        break;
      case "paused":
        certain.add(scope);
        break;
      case "arming":
        certain.delete(scope);
        break;
      case "armed":
        possible.delete(scope);
        break;
    }
  }
  return { certain, possible };
}

/** @param heads of the journal after earlier kills: it has to have gone on from each of them */
function read(path: string, heads: readonly JournalHead[]) {
  using store = new Store({ path, commitIntervalMs: 0 });
  const guard = new Guard(store.tables, { onListenerError: () => {} });
  const verdict = verifyLines(guard.journal.export(), heads);
  expect(verdict.fault).toBeUndefined();
  expect(guard.journal.verify().fault).toBeUndefined();
  const paused = guard.pauses();
  expect(paused.filter(({ epoch }) => !guard.knows(epoch))).toEqual([]);
  expect(journalledScopes(guard)).toEqual(paused.map(({ epoch }) => epoch));
  return { scopes: new Set(paused.map(({ scope }) => printScope(scope))), head: guard.journal.head() };
}

/** The epochs that are paused by what the journal tells. */
function journalledScopes(guard: Guard): number[] {
  const epochs = new Set<number>();
  for (const { kind, data = {} } of guard.journal.entries()) {
    if (kind === "pause") epochs.add(Number(data["epoch"]));
    if (kind === "arm" && Array.isArray(data["armed"])) for (const epoch of data["armed"]) epochs.delete(Number(epoch));
  }
  return [...epochs];
}
