/**
 * Appends lines to a file that is continued in another one each UTC day and beyond a size, and deletes old ones. Whoever
 * appends never waits: lines go to a bounded buffer, which is written out once a second and when the file is closed. Files that are
 * finished can be packed with gzip.
 *
 * A file is continued after a restart only if it ends in a whole line. One that a crash tore is left as it is, and the next
 * part is begun.
 */
import { type FileHandle, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, HaltwatchError } from "../errors.ts";
import { PACKED, packFile } from "./pack-file.ts";

/** What a file may hold before the next part is begun unless said otherwise, bytes. */
const DEFAULT_MAX_FILE_BYTES = 64 * 1024 * 1024;

/** How long files are kept unless said otherwise, days. */
const DEFAULT_KEEP_DAYS = 30;

/** How many files of a name are kept unless said otherwise: with full ones, 4 GiB. */
const DEFAULT_KEEP_FILES = 64;

/** What waits for a disk that does not take it, characters; beyond it lines are dropped and counted. */
const DEFAULT_MAX_BUFFER_CHARACTERS = 8 * 1024 * 1024;

/** How often the buffer is written out unless said otherwise, milliseconds. */
const DEFAULT_FLUSH_INTERVAL_MS = 1000;

/** The buffer is written out at once when it holds this much, characters. */
const FLUSH_AT_CHARACTERS = 64 * 1024;

/** Lines are handed to the disk in batches of about this much, characters: one of megabytes would block the bot. */
const BATCH_CHARACTERS = 256 * 1024;

const DAY_MS = 86_400_000;

/** A file that nobody has written to for so long is finished, whichever process wrote it, milliseconds. */
const FINISHED_MS = 60_000;

export interface RotatingFileOptions {
  readonly dir: string;
  /** Files are called `<name>-<UTC day>[.<part>].<extension>`. */
  readonly name: string;
  readonly extension: string;
  /** First line of each file, without its end. */
  readonly header?: string | undefined;
  readonly maxFileBytes?: number | undefined;
  readonly keepDays?: number | undefined;
  /** The oldest beyond so many are deleted, the one in use is among them; at least 1. */
  readonly keepFiles?: number | undefined;
  /** The oldest are deleted where all together take more, bytes; the one in use is never. Without it, as much as they take. */
  readonly keepBytes?: number | undefined;
  /** Whether files that are finished are packed with gzip: `<name>-<UTC day>[.<part>].<extension>.gz`. */
  readonly packs?: boolean | undefined;
  /** Milliseconds. After a failure it is also how long the next attempt waits. */
  readonly flushIntervalMs?: number | undefined;
  readonly maxBufferCharacters?: number | undefined;
  /** Unix time in milliseconds. */
  readonly now?: (() => number) | undefined;
  /** Told once when writing fails, and once when lines are dropped, until it works again. */
  readonly onProblem: (error: HaltwatchError) => void;
}

/** A file of ours in the directory. */
interface FoundFile {
  readonly name: string;
  readonly day: string;
  readonly part: number;
  readonly isPacked: boolean;
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly day: string;
  readonly part: number;
  bytes: number;
}

export class RotatingFile {
  /** Lines that were not written, since it was opened. */
  droppedLines = 0;
  readonly #options: RotatingFileOptions;
  readonly #maxFileBytes: number;
  readonly #maxBuffer: number;
  readonly #timer: NodeJS.Timeout;
  #waiting: string[] = [];
  #waitingCharacters = 0;
  #file: OpenFile | undefined;
  /** Of the file that was opened last, also when it is closed: the next start goes on with it. */
  #latestName = "";
  #writing: Promise<void> | undefined;
  /** Packing takes its time, and no line waits for it. */
  #packing: Promise<void> = Promise.resolve();
  #closed = false;
  /** Whether the last attempt to write failed. */
  #failing = false;
  #told = new Set<string>();
  /** Names of files that this process has finished. */
  readonly #rotated = new Set<string>();

  private constructor(options: RotatingFileOptions) {
    this.#options = options;
    this.#maxFileBytes = options.maxFileBytes ?? DEFAULT_MAX_FILE_BYTES;
    this.#maxBuffer = options.maxBufferCharacters ?? DEFAULT_MAX_BUFFER_CHARACTERS;
    this.#timer = setInterval(() => void this.flush(), options.flushIntervalMs ?? DEFAULT_FLUSH_INTERVAL_MS);
    this.#timer.unref();
  }

  /** @throws {ConfigError} `UNWRITABLE_DIRECTORY` where the directory or the first file cannot be made */
  static async open(options: RotatingFileOptions): Promise<RotatingFile> {
    const file = new RotatingFile(options);
    try {
      await mkdir(options.dir, { recursive: true });
      file.#file = await file.#openFor(file.#today());
      file.#packFinished();
      await file.#deleteOld();
    } catch (error) {
      clearInterval(file.#timer);
      throw new ConfigError("UNWRITABLE_DIRECTORY", `${options.dir} cannot be written to: ${reason(error)}`, {
        file: options.dir,
        hint: "Name a directory that the bot's user may write",
        cause: error,
      });
    }
    return file;
  }

  /** Adds a line; `line` has no end of its own. Never throws, never waits. */
  append(line: string): void {
    if (this.#closed || this.#waitingCharacters + line.length >= this.#maxBuffer) {
      this.droppedLines += 1;
      if (!this.#closed)
        this.#tell(
          "LINES_DROPPED",
          `${this.#options.name}: lines are dropped, as ${this.#maxBuffer} characters wait already`,
        );
      return;
    }
    this.#waiting.push(line);
    this.#waitingCharacters += line.length + 1;
    // A disk that fails is tried again by the timer alone: trying at each line would block the bot.
    if (this.#waitingCharacters >= FLUSH_AT_CHARACTERS && this.#writing === undefined && !this.#failing)
      void this.flush();
  }

  /** Writes out what waits now. Never throws: what cannot be written is told, and waits on. */
  async flush(): Promise<void> {
    for (let left = this.#waiting.length; left > 0 && this.#waiting.length > 0; ) {
      // One write at a time, and what came during it goes with the next.
      while (this.#writing !== undefined) await this.#writing;
      const before = this.#waiting.length;
      this.#writing = this.#write().finally(() => {
        this.#writing = undefined;
      });
      left -= before - this.#waiting.length;
      await this.#writing;
      if (this.#failing) return;
    }
    while (this.#writing !== undefined) await this.#writing;
  }

  /** Writes out all that waits, and ends. Any number of times. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    await this.flush();
    this.droppedLines += this.#waiting.length;
    if (this.#waiting.length > 0)
      this.#tell(
        "LINES_LOST",
        `${this.#options.name}: ${this.#waiting.length} lines could not be written before the end`,
      );
    await this.#file?.handle.close();
    this.#file = undefined;
    await this.#packing;
  }

  async #write(): Promise<void> {
    const lines = this.#waiting.splice(0, batchLength(this.#waiting));
    if (lines.length === 0) return;
    const bytes = Buffer.from(`${lines.join("\n")}\n`);
    const progress = { bytes: 0 };
    try {
      await writeWhole(await this.#current(), bytes, progress);
      this.#written(lines);
      this.#failing = false;
      this.#told.clear();
    } catch (error) {
      this.#failing = true;
      // Whole lines that the disk took are not written a second time; a torn one is, in the next part.
      const whole = newlines(bytes.subarray(0, progress.bytes));
      this.#written(lines.slice(0, whole));
      this.#waiting = [...lines.slice(whole), ...this.#waiting];
      await this.#file?.handle.close().catch(() => undefined);
      this.#file = undefined;
      this.#tell(
        "WRITE_FAILED",
        `${this.#options.name} in ${this.#options.dir} cannot be written: ${reason(error)}`,
        error,
      );
    }
  }

  #written(lines: readonly string[]): void {
    for (const line of lines) this.#waitingCharacters -= line.length + 1;
  }

  /** The file that the next lines belong into: another one on a new day, or when this one is full. */
  async #current(): Promise<OpenFile> {
    const day = this.#today();
    const file = this.#file;
    // One that was deleted takes what is written and shows it to nobody.
    const usable = file !== undefined && file.day === day && file.bytes < this.#maxFileBytes;
    if (usable && (await file.handle.stat()).nlink > 0) return file;
    if (file !== undefined) this.#rotated.add(this.#fileName(file.day, file.part));
    await file?.handle.close();
    this.#file = undefined;
    await mkdir(this.#options.dir, { recursive: true });
    this.#file = await this.#openFor(day);
    this.#packFinished();
    await this.#deleteOld();
    return this.#file;
  }

  async #openFor(day: string): Promise<OpenFile> {
    const files = (await this.#files()).filter((file) => file.day === day);
    // One that is packed is not continued.
    const parts = files.map((file) => (file.isPacked ? file.part + 1 : file.part));
    for (let part = Math.max(0, ...parts); ; part++) {
      const file = (await this.#make(day, part)) ?? (await this.#continue(day, part));
      if (file === undefined) continue;
      this.#latestName = this.#fileName(day, part);
      return file;
    }
  }

  /** A new file with its header; `undefined` if it is there: two processes never make the same one. */
  async #make(day: string, part: number): Promise<OpenFile | undefined> {
    let handle: FileHandle;
    try {
      handle = await open(join(this.#options.dir, this.#fileName(day, part)), "ax");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined; // open throws these
      throw error;
    }
    try {
      const file = { handle, day, part, bytes: 0 };
      if (this.#options.header !== undefined) await writeWhole(file, Buffer.from(`${this.#options.header}\n`));
      return file;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** One that is there; `undefined` if it may not be continued. An empty one is being made by another process. */
  async #continue(day: string, part: number): Promise<OpenFile | undefined> {
    const handle = await open(join(this.#options.dir, this.#fileName(day, part)), "a+");
    try {
      const { size } = await handle.stat();
      if (size > 0 && size < this.#maxFileBytes && (await this.#mayContinue(handle, size))) {
        return { handle, day, part, bytes: size };
      }
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
    return undefined;
  }

  /** True if the file has our header and ends in a whole line. */
  async #mayContinue(handle: FileHandle, size: number): Promise<boolean> {
    const header = Buffer.from(this.#options.header === undefined ? "" : `${this.#options.header}\n`);
    const start = Buffer.alloc(header.length);
    const end = Buffer.alloc(1);
    await handle.read(start, 0, start.length, 0);
    await handle.read(end, 0, 1, size - 1);
    return start.equals(header) && end.toString() === "\n";
  }

  /** Those that are neither this one nor, as it seems, another process's. */
  #packFinished(): void {
    if (this.#options.packs !== true) return;
    this.#packing = this.#packing.then(async () => {
      const { dir } = this.#options;
      try {
        for (const file of await this.#files()) {
          if (file.isPacked || this.#isInUse(file)) continue;
          const { mtimeMs } = await stat(join(dir, file.name));
          if (!this.#isRotated(file) && this.#now() - mtimeMs <= FINISHED_MS) continue;
          if (await packFile(join(dir, file.name))) this.#rotated.delete(file.name);
        }
        await this.#deleteOld();
      } catch (error) {
        this.#tell("PACK_FAILED", `a finished file of ${this.#options.name} cannot be packed: ${reason(error)}`, error);
      }
    });
  }

  #isInUse({ name }: FoundFile): boolean {
    return name === this.#latestName;
  }

  /** One that this process has finished itself. */
  #isRotated({ name }: FoundFile): boolean {
    return this.#rotated.has(name);
  }

  /** One that cannot be deleted is told, and does not keep the others from being written. */
  async #deleteOld(): Promise<void> {
    const { dir, keepDays = DEFAULT_KEEP_DAYS, keepFiles = DEFAULT_KEEP_FILES, keepBytes } = this.#options;
    const oldest = this.#dayOf(this.#now() - keepDays * DAY_MS);
    try {
      const files = (await this.#files()).sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.part - b.part));
      const surplus = files.length - Math.max(1, keepFiles);
      const tooLarge = keepBytes === undefined ? 0 : await this.#countBeyond(files, keepBytes);
      for (const [at, file] of files.entries()) {
        if (this.#isInUse(file)) continue;
        if (file.day < oldest || at < surplus || at < tooLarge) await rm(join(dir, file.name), { force: true });
      }
    } catch (error) {
      this.#tell("DELETE_FAILED", `an old file of ${this.#options.name} cannot be deleted: ${reason(error)}`, error);
    }
  }

  /** How many of them, the oldest first, are to go so that the rest is not larger. */
  async #countBeyond(files: readonly FoundFile[], bytes: number): Promise<number> {
    let total = 0;
    for (let at = files.length - 1; at >= 0; at--) {
      const size = await stat(join(this.#options.dir, files[at]?.name ?? "")).then(
        (found) => found.size,
        () => 0, // it is gone already
      );
      total += size;
      if (total > bytes) return at + 1;
    }
    return 0;
  }

  /** The files of ours in the directory; nobody else's are touched. */
  async #files(): Promise<FoundFile[]> {
    const { dir, name, extension } = this.#options;
    const prefix = `${name}-`;
    return (await readdir(dir)).flatMap((entry) => {
      if (!entry.startsWith(prefix)) return [];
      const isPacked = entry.endsWith(PACKED);
      const plain = isPacked ? entry.slice(prefix.length, -PACKED.length) : entry.slice(prefix.length);
      const match = /^(\d{4}-\d\d-\d\d)(?:\.(\d+))?\.(\w+)$/.exec(plain);
      return match === null || match[3] !== extension
        ? []
        : [{ name: entry, day: match[1] ?? "", part: Number(match[2] ?? 0), isPacked }];
    });
  }

  #fileName(day: string, part: number): string {
    return `${this.#options.name}-${day}${part === 0 ? "" : `.${part}`}.${this.#options.extension}`;
  }

  #today(): string {
    return this.#dayOf(this.#now());
  }

  #dayOf(ms: number): string {
    return new Date(ms).toISOString().slice(0, 10);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  #tell(code: string, message: string, cause?: unknown): void {
    if (this.#told.has(code)) return;
    this.#told.add(code);
    const hint = "Make room on the disk, and see that the bot's user may write there; the bot goes on";
    this.#options.onProblem(new HaltwatchError(code, message, { hint, file: this.#options.dir, cause }));
  }
}

/** How many of the lines make a batch; at least one, if there is one. */
function batchLength(lines: readonly string[]): number {
  let characters = 0;
  const end = lines.findIndex((line) => {
    characters += line.length + 1;
    return characters >= BATCH_CHARACTERS;
  });
  return end === -1 ? lines.length : end + 1;
}

/** @param progress told of each byte that is written, so that after a failure it is known what was */
async function writeWhole(file: OpenFile, bytes: Buffer, progress = { bytes: 0 }): Promise<void> {
  while (progress.bytes < bytes.length) {
    const { bytesWritten } = await file.handle.write(bytes, progress.bytes);
    progress.bytes += bytesWritten;
    file.bytes += bytesWritten;
  }
}

function newlines(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte === 0x0a) count += 1;
  return count;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
