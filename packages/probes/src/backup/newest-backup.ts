/** The newest of some files or folders: when it was made, and how large it is. */
import type { Dirent, Stats } from "node:fs";
import { glob, opendir, stat } from "node:fs/promises";
import { join } from "node:path";

/** Most files that are looked at for one backup: a pattern by mistake may match a whole disk. */
const MAX_FILES = 100_000;

/** What is further ahead of the clock has a wrong time: as the newest, it would hide for years that there is no other, milliseconds. */
const AHEAD_MS = 3_600_000;

export interface BackupFile {
  readonly path: string;
  /** When it was changed last, Unix milliseconds; of a folder, its newest file. */
  readonly timeMs: number;
  /** Of a folder, all its files. */
  readonly sizeBytes: number;
}

/**
 * What matches the pattern is a backup each: a file, or a folder with all that is in it. A path without `*`, `?`, `[` or `{` that is a
 * folder holds the backups: then each of its files and folders is one.
 *
 * @param nowMs what is from much later counts for nothing
 * @returns `undefined` if there is none
 * @throws {Error} with too many files, or where something may not be read
 */
export async function newestBackup(pattern: string, nowMs: number): Promise<BackupFile | undefined> {
  const count = { files: 0 };
  let newest: BackupFile | undefined;
  for await (const path of pathsOf(pattern)) {
    const found = await statOrNothing(path);
    const backup = found === undefined ? undefined : await backupOf(path, found, count);
    if (backup === undefined || backup.timeMs > nowMs + AHEAD_MS) continue;
    if (backup.timeMs > (newest?.timeMs ?? Number.NEGATIVE_INFINITY)) newest = backup;
  }
  return newest;
}

async function* pathsOf(pattern: string): AsyncGenerator<string> {
  if (/[*?[{]/.test(pattern)) {
    yield* glob(pattern);
    return;
  }
  const found = await statOrNothing(pattern);
  if (found?.isDirectory() !== true) {
    yield pattern;
    return;
  }
  for await (const entry of await opendir(pattern)) if (!isHidden(entry)) yield join(pattern, entry.name);
}

async function backupOf(path: string, found: Stats, count: { files: number }): Promise<BackupFile | undefined> {
  if (!found.isDirectory()) {
    counted(count);
    return found.isFile() ? { path, timeMs: found.mtimeMs, sizeBytes: found.size } : undefined;
  }
  let timeMs = Number.NEGATIVE_INFINITY;
  let sizeBytes = 0;
  for await (const entry of await opendir(path, { recursive: true })) {
    if (!entry.isFile()) continue;
    counted(count);
    const { mtimeMs, size } = await stat(join(entry.parentPath, entry.name));
    timeMs = Math.max(timeMs, mtimeMs);
    sizeBytes += size;
  }
  // A folder with nothing in it is a backup of nothing.
  return { path, timeMs: Number.isFinite(timeMs) ? timeMs : found.mtimeMs, sizeBytes };
}

function counted(count: { files: number }): void {
  count.files += 1;
  if (count.files > MAX_FILES) throw new Error(`more than ${MAX_FILES} files match: name a narrower pattern`);
}

/** What tools write before they rename it. */
function isHidden({ name }: Dirent): boolean {
  return name.startsWith(".");
}

/** One that is gone by now is none. */
async function statOrNothing(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined;
    throw error;
  }
}
