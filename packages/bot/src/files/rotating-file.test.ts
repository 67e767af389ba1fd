import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { packFile } from "./pack-file.ts";
import { RotatingFile, type RotatingFileOptions } from "./rotating-file.ts";

const DAY_MS = 86_400_000;

let dir: string;
let nowMs: number;
let problems: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "haltwatch-rotating-"));
  nowMs = Date.UTC(2026, 10, 21, 23, 59);
  problems = [];
});
afterEach(() => rmSync(dir, { recursive: true }));

function opened(options: Partial<RotatingFileOptions> = {}): Promise<RotatingFile> {
  return RotatingFile.open({
    ...{ dir, name: "bot", extension: "log", packs: true, now: () => nowMs },
    onProblem: (error) => problems.push(error.message),
    ...options,
  });
}

/** Every line of all files, the oldest first. */
function lines(): string[] {
  const partOf = (name: string): number => Number(/\.(\d+)\.log/.exec(name)?.[1] ?? 0);
  return readdirSync(dir)
    .sort((a, b) => a.slice(0, 14).localeCompare(b.slice(0, 14)) || partOf(a) - partOf(b))
    .flatMap((name) => {
      const bytes = readFileSync(join(dir, name));
      return (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString().split("\n").filter(Boolean);
    });
}

test("D8 each UTC day has a file, finished ones are packed, and no line is lost on the way", async () => {
  const file = await opened({ maxFileBytes: 200 });
  const written: string[] = [];
  for (let day = 0; day < 3; day++) {
    for (let at = 0; at < 30; at++) {
      const line = `day ${day} line ${at} ${"x".repeat(20)}`;
      written.push(line);
      file.append(line);
      if (at % 4 === 3) await file.flush();
    }
    await file.flush();
    nowMs += DAY_MS;
  }
  await file.close();

  expect(lines()).toEqual(written);
  const names = readdirSync(dir);
  expect(names.filter((name) => !name.endsWith(".gz"))).toHaveLength(1);
  expect(names).toContain("bot-2026-11-21.log.gz");
  expect(names).toContain("bot-2026-11-22.1.log.gz");
  expect(problems).toEqual([]);
});

test("D8 after a restart a packed file is not begun anew, and what was left unpacked is packed", async () => {
  const first = await opened({ maxFileBytes: 10 });
  for (const line of ["first line", "second line"]) {
    first.append(line);
    await first.flush();
  }
  await first.close();
  writeFileSync(join(dir, "bot-2026-11-20.log"), "of yesterday\n");
  writeFileSync(join(dir, "bot-2026-11-20.log.gz.tmp"), "half");
  utimesSync(join(dir, "bot-2026-11-20.log"), nowMs / 1000 - 3600, nowMs / 1000 - 3600);

  const second = await opened({ maxFileBytes: 10 });
  second.append("third line");
  await second.close();

  expect(lines().filter((line) => line !== "half")).toEqual([
    "of yesterday",
    "first line",
    "second line",
    "third line",
  ]);
  expect(readdirSync(dir)).toContain("bot-2026-11-20.log.gz");
  expect(readdirSync(dir)).not.toContain("bot-2026-11-20.log.gz.tmp");
});

test("D8 what another process still writes is not packed away from it", async () => {
  nowMs = Date.now();
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const [one, other] = [await opened({ maxFileBytes: 10 }), await opened({ maxFileBytes: 10 })];

  one.append("of the one");
  await one.flush();
  other.append("of the other");
  await other.flush();
  one.append("of the one again");
  await one.flush();
  await Promise.all([one.close(), other.close()]);

  expect(lines().toSorted()).toEqual(["of the one", "of the one again", "of the other"]);
  expect(readdirSync(dir).some((name) => name === `bot-${today}.1.log` || name === `bot-${today}.1.log.gz`)).toBe(true);
});

test("D8 what another process writes while a file is packed is not lost", async () => {
  const path = join(dir, "bot-2026-11-20.log");
  writeFileSync(path, `${randomBytes(2_000_000).toString("hex")}\n`);
  const written: string[] = [];
  const timer = setInterval(() => {
    written.push(`line ${written.length}`);
    appendFileSync(path, `${written.at(-1)}\n`);
  }, 1);

  await packFile(path);
  clearInterval(timer);

  expect(lines().slice(1)).toEqual(written);
});

test("D8 files are kept for so many days, and no longer than all together are not too large", async () => {
  for (let ago = 1; ago <= 9; ago++) {
    const name = `bot-${new Date(nowMs - ago * DAY_MS).toISOString().slice(0, 10)}.log.gz`;
    writeFileSync(join(dir, name), Buffer.alloc(1_000));
  }
  writeFileSync(join(dir, "bot-of-somebody-else.log"), Buffer.alloc(9_000));

  const file = await opened({ keepDays: 7, keepBytes: 4_500, keepFiles: Number.POSITIVE_INFINITY });
  file.append("today");
  await file.close();

  const kept = readdirSync(dir).filter((name) => name.endsWith(".gz"));
  expect(kept).toEqual([
    "bot-2026-11-17.log.gz",
    "bot-2026-11-18.log.gz",
    "bot-2026-11-19.log.gz",
    "bot-2026-11-20.log.gz",
  ]);
  expect(statSync(join(dir, "bot-of-somebody-else.log")).size).toBe(9_000);
});

test("D8 without packing everything is as before", async () => {
  const file = await opened({ packs: false, maxFileBytes: 10 });
  for (const line of ["first line", "second line"]) {
    file.append(line);
    await file.flush();
  }
  await file.close();

  expect(readdirSync(dir).sort()).toEqual(["bot-2026-11-21.1.log", "bot-2026-11-21.log"]);
});
