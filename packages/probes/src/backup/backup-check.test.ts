import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkBackup } from "./backup-check.ts";

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const HOUR_MS = 3_600_000;
const LIMITS = { ageMaxSeconds: 93_600, bytesMin: 1024 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-backup-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function backup(path: string, bytes: number, ageHours: number): void {
  const file = join(folder, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, Buffer.alloc(bytes));
  const time = (NOW_MS - ageHours * HOUR_MS) / 1000;
  utimesSync(file, time, time);
}

const check = (path: string) => checkBackup({ name: "daily", path: join(folder, path) }, LIMITS, NOW_MS);

test("D3 the newest backup counts, by folder and by pattern", async () => {
  backup("old.db", 5_000, 48);
  backup("new.db", 6_000, 2);
  backup("note.txt", 1, 1);

  expect(await check("*.db")).toMatchObject({ status: "ok", value: 7200, limit: 93_600, newest: { sizeBytes: 6000 } });
  expect(await check(".")).toMatchObject({ status: "unhealthy", newest: { sizeBytes: 1 } });
  expect(await check("new.db")).toMatchObject({ status: "ok", newest: { path: join(folder, "new.db") } });
});

test("D3 one that is too old, or too small, is told with what it is", async () => {
  backup("a/daily.db", 5_000, 27);
  backup("b/daily.db", 200, 1);

  expect(await check("a/*")).toMatchObject({
    status: "unhealthy",
    detail: expect.stringMatching(/27 h old, 5000 bytes, older than 26 h$/),
  });
  expect(await check("b/*")).toMatchObject({
    status: "unhealthy",
    detail: expect.stringMatching(/smaller than 1024 bytes$/),
  });
});

test("D3 a folder that is a backup has the age of its newest file and the size of all", async () => {
  backup("2026-11-20/base/1", 3_000, 30);
  backup("2026-11-20/base/2", 3_000, 29);
  backup("2026-11-21/base/1", 3_000, 6);
  backup("2026-11-21/log", 2_000, 5);
  backup(".tmp-2026-11-22/half", 10, 0);

  expect(await check("")).toMatchObject({
    status: "ok",
    newest: { path: join(folder, "2026-11-21"), sizeBytes: 5000 },
  });
  expect((await check("2026-*")).newest?.timeMs).toBe(NOW_MS - 5 * HOUR_MS);
});

test("D3 one with a time far ahead does not hide that the others are old", async () => {
  backup("old.db", 5_000, 48);
  backup("ahead.db", 5_000, -24 * 365);

  expect(await check("*.db")).toMatchObject({ status: "unhealthy", newest: { path: join(folder, "old.db") } });
});

test("D3 none at all is told", async () => {
  expect(await check("*.db")).toMatchObject({ status: "unhealthy", newest: undefined });
  expect(await check("no/such/folder")).toMatchObject({
    status: "unhealthy",
    detail: expect.stringContaining("no backup at"),
  });
});
