/**
 * Appends lines to a file that is continued in another one each UTC day and beyond a size, and deletes old ones. Whoever
 * appends never waits: lines go to a bounded buffer, which is written out once a second and when the file is closed.
 *
 * A file is continued after a restart only if it ends in a whole line. One that a crash tore is left as it is, and the next
 * part is begun.
 */
import { type FileHandle, mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, HaltwatchError } from "../errors.ts";

/** What a file may hold before the next part is begun unless said otherwise, bytes. */
const DEFAULT_MAX_FILE_BYTES = 64 * 1024 * 1024;

/** How long files are kept unless said otherwise, days. */
const DEFAULT_KEEP_DAYS = 30;

/** What waits for a disk that does not take it, characters; beyond it lines are dropped and counted. */
const DEFAULT_MAX_BUFFER_CHARACTERS = 8 * 1024 * 1024;

/** How often the buffer is written out, milliseconds. */
const FLUSH_INTERVAL_MS = 1000;

/** The buffer is written out at once when it holds this much, characters. */
const FLUSH_AT_CHARACTERS = 64 * 1024;

const DAY_MS = 86_400_000;

export interface RotatingFileOptions {
  readonly dir: string;
  /** Files are called `<name>-<UTC day>[.<part>].<extension>`. */
  readonly name: string;
  readonly extension: string;
  /** First line of each file, without its end. */
  readonly header?: string | undefined;
  readonly maxFileBytes?: number | undefined;
  readonly keepDays?: number | undefined;
  readonly maxBufferCharacters?: number | undefined;
  /** Unix time in milliseconds. */
  readonly now?: (() => number) | undefined;
  /** Told once when writing fails, and once when lines are dropped, until it works again. */
  readonly onProblem: (error: HaltwatchError) => void;
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
  #writing: Promise<void> | undefined;
  #closed = false;
  #told = new Set<string>();

  private constructor(options: RotatingFileOptions) {
    this.#options = options;
    this.#maxFileBytes = options.maxFileBytes ?? DEFAULT_MAX_FILE_BYTES;
    this.#maxBuffer = options.maxBufferCharacters ?? DEFAULT_MAX_BUFFER_CHARACTERS;
    this.#timer = setInterval(() => void this.flush(), FLUSH_INTERVAL_MS);
    this.#timer.unref();
  }

  /** @throws {ConfigError} `UNWRITABLE_DIRECTORY` where the directory or the first file cannot be made */
  static async open(options: RotatingFileOptions): Promise<RotatingFile> {
    const file = new RotatingFile(options);
    try {
      await mkdir(options.dir, { recursive: true });
      file.#file = await file.#openFor(file.#today());
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
    if (this.#waitingCharacters >= FLUSH_AT_CHARACTERS && this.#writing === undefined) void this.flush();
  }

  /** Writes out what waits now. Never throws: what cannot be written is told, and waits on. */
  async flush(): Promise<void> {
    // One write at a time, and what came during it goes with the next.
    while (this.#writing !== undefined) await this.#writing;
    if (this.#waiting.length === 0) return;
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
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
  }

  async #write(): Promise<void> {
    const lines = this.#waiting;
    const text = `${lines.join("\n")}\n`;
    this.#waiting = [];
    try {
      const file = await this.#current();
      const bytes = Buffer.from(text);
      await writeWhole(file, bytes);
      this.#waitingCharacters -= text.length;
      this.#told.clear();
    } catch (error) {
      this.#waiting = [...lines, ...this.#waiting];
      // What was written of it, if anything, is torn: the next attempt begins a new part.
      await this.#file?.handle.close().catch(() => undefined);
      this.#file = undefined;
      this.#tell(
        "WRITE_FAILED",
        `${this.#options.name} in ${this.#options.dir} cannot be written: ${reason(error)}`,
        error,
      );
    }
  }

  /** The file that the next lines belong into: another one on a new day, or when this one is full. */
  async #current(): Promise<OpenFile> {
    const day = this.#today();
    const file = this.#file;
    if (file !== undefined && file.day === day && file.bytes < this.#maxFileBytes) return file;
    await file?.handle.close();
    this.#file = undefined;
    await mkdir(this.#options.dir, { recursive: true });
    this.#file = await this.#openFor(day);
    await this.#deleteOld();
    return this.#file;
  }

  async #openFor(day: string): Promise<OpenFile> {
    const parts = (await this.#files()).filter((file) => file.day === day).map((file) => file.part);
    for (let part = Math.max(0, ...parts); ; part++) {
      const handle = await open(join(this.#options.dir, this.#fileName(day, part)), "a+");
      const { size } = await handle.stat();
      if (size === 0) {
        const file = { handle, day, part, bytes: 0 };
        if (this.#options.header !== undefined) await writeWhole(file, Buffer.from(`${this.#options.header}\n`));
        return file;
      }
      if (size < this.#maxFileBytes && (await this.#mayContinue(handle, size)))
        return { handle, day, part, bytes: size };
      await handle.close();
    }
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

  async #deleteOld(): Promise<void> {
    const oldest = this.#dayOf(this.#now() - (this.#options.keepDays ?? DEFAULT_KEEP_DAYS) * DAY_MS);
    for (const { name, day } of await this.#files()) {
      if (day < oldest) await rm(join(this.#options.dir, name), { force: true });
    }
  }

  /** The files of ours in the directory; nobody else's are touched. */
  async #files(): Promise<{ name: string; day: string; part: number }[]> {
    const { dir, name, extension } = this.#options;
    const prefix = `${name}-`;
    return (await readdir(dir)).flatMap((entry) => {
      if (!entry.startsWith(prefix)) return [];
      const match = /^(\d{4}-\d\d-\d\d)(?:\.(\d+))?\.(\w+)$/.exec(entry.slice(prefix.length));
      return match === null || match[3] !== extension
        ? []
        : [{ name: entry, day: match[1] ?? "", part: Number(match[2] ?? 0) }];
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

async function writeWhole(file: OpenFile, bytes: Buffer): Promise<void> {
  await file.handle.appendFile(bytes);
  file.bytes += bytes.length;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
