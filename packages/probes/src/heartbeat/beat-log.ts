/**
 * A log of lines that is never torn and never grows without end: `heartbeat.log`, and for each day before, by UTC, `heartbeat-2026-11-21.log`.
 * How long days are kept goes by how many there are, not by the clock, which may be set: a clock that jumps a year must not take
 * the log with it.
 */
import { type FileHandle, mkdir, open, readdir, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { ProbeError } from "../probe-error.ts";

/** Lines that wait for a disk that fails; the oldest are given up first. */
const MAX_WAITING = 2_880;

/** Read from the end of the file, to find its last line, bytes. */
const TAIL_BYTES = 2 ** 20;

const DAY_MS = 86_400_000;

export interface BeatLogOptions {
  readonly path: string;
  /** How long lines are kept at least, milliseconds; a day at least. */
  readonly keepMs: number;
  /** Told when a line cannot be written, each time. */
  readonly onError: (error: unknown) => void;
}

export class BeatLog implements AsyncDisposable {
  readonly #options: BeatLogOptions;
  /** `undefined`: there is no file, or it is empty. */
  #day: string | undefined;
  #waiting: { readonly day: string; readonly line: string }[] = [];
  #writing: Promise<void> | undefined;
  /** The last attempt failed, and may have left the begin of its line. */
  #mayBeTorn = false;

  /** The last whole line that was there, without its line feed. */
  readonly lastLine: string | undefined;

  private constructor(options: BeatLogOptions, lastLine: string | undefined, day: string | undefined) {
    this.#options = options;
    this.lastLine = lastLine;
    this.#day = day;
  }

  /** Makes the folder; ends a line that a crash has torn. @throws {ProbeError} `BAD_LOG` if it cannot be written */
  static async open(options: BeatLogOptions): Promise<BeatLog> {
    try {
      await mkdir(dirname(options.path), { recursive: true });
      await using file = await open(options.path, "a+");
      const { size, mtimeMs } = await file.stat();
      if (size === 0) return new BeatLog(options, undefined, undefined);
      const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
      await file.read(tail, 0, tail.length, size - tail.length);
      if (tail.at(-1) !== 0x0a) await file.appendFile("\n");
      // Behind the last line feed is what a crash has torn, or nothing.
      const lines = tail.toString("utf8").split("\n").slice(0, -1);
      return new BeatLog(
        options,
        lines.findLast((line) => line !== ""),
        dayOf(mtimeMs),
      );
    } catch (error) {
      const why = error instanceof Error && "code" in error ? String(error.code) : "unknown";
      throw new ProbeError("BAD_LOG", `the log ${options.path} cannot be written: ${why}`, "Name a file that can be", {
        cause: error,
      });
    }
  }

  /** Never waits and never throws. @param line with its line feed */
  append(timeMs: number, line: string): void {
    this.#waiting.push({ day: dayOf(timeMs), line });
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    void this.#flush();
  }

  /** When everything that was appended is in the file, or cannot be. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
    if (this.#waiting.length > 0) await this.#flush();
  }

  #flush(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #write(): Promise<void> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      try {
        if (this.#day !== undefined && this.#day !== next.day) await this.#rotate(this.#day);
        await using file = await open(this.#options.path, "a+");
        if (this.#mayBeTorn) await endLine(file);
        await file.appendFile(next.line);
        this.#mayBeTorn = false;
        this.#day = next.day;
      } catch (error) {
        this.#mayBeTorn = true;
        this.#waiting.unshift(next); // tried again with the next line
        this.#options.onError(error);
        return;
      }
    }
  }

  /** A day whose file is there already, because the clock was set back, gets the next free name. */
  async #rotate(day: string): Promise<void> {
    const { path } = this.#options;
    if (!(await exists(path))) return; // somebody took it away: there is nothing to move, and the next line makes a new one
    let target = rotatedPath(path, day);
    for (let again = 2; await exists(target); again++) target = rotatedPath(path, `${day}.${again}`);
    await rename(path, target);
    await this.#removeOld();
  }

  async #removeOld(): Promise<void> {
    const { path, keepMs } = this.#options;
    const kept = Math.ceil(Math.max(keepMs, DAY_MS) / DAY_MS);
    const old = (await rotatedFiles(path)).slice(0, -kept);
    for (const file of old) await unlink(file).catch(() => undefined);
  }
}

/** What is torn stays alone on its line, and takes no other with it. */
async function endLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  if (size === 0) return;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  if (buffer[0] !== 0x0a) await file.appendFile("\n");
}

/** All files of a log, oldest first, the current one last. */
export async function logFiles(path: string): Promise<string[]> {
  const current = (await exists(path)) ? [path] : [];
  return [...(await rotatedFiles(path)), ...current];
}

async function rotatedFiles(path: string): Promise<string[]> {
  const extension = extname(path);
  const stem = basename(path, extension);
  const names = await readdir(dirname(path) || ".").catch(() => []);
  const found = names.flatMap((name) => {
    if (!name.startsWith(`${stem}-`) || !name.endsWith(extension)) return [];
    const day = name.slice(stem.length + 1, name.length - extension.length);
    const [, date, again = "1"] = /^(\d{4}-\d\d-\d\d)(?:\.(\d+))?$/.exec(day) ?? [];
    return date === undefined ? [] : [{ file: join(dirname(path), name), date, again: Number(again) }];
  });
  found.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : a.again - b.again));
  return found.map(({ file }) => file);
}

function rotatedPath(path: string, day: string): string {
  const extension = extname(path);
  return join(dirname(path), `${basename(path, extension)}-${day}${extension}`);
}

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
