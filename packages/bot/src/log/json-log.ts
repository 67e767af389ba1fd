/**
 * The bot's log: one JSON object a line, UTC. Never throws, never waits, never shows what is named like a secret, and does
 * not let one event repeated a thousand times a second drown the others.
 */
import { basename, dirname, extname } from "node:path";
import type { Writable } from "node:stream";
import { RotatingFile } from "../files/rotating-file.ts";
import { EventRates } from "./event-rates.ts";
import { plainFields } from "./plain-fields.ts";
import { StreamWriter } from "./stream-writer.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface JsonLogOptions {
  /** `file` is the first part of the name: `logs/bot.log` becomes `logs/bot-2026-11-21.log`. A `stream` stays open. */
  readonly destination: "stderr" | "stdout" | LogFile | { readonly stream: Writable };
  readonly level: LogLevel;
  /** Added to each line. */
  readonly bot?: string | undefined;
  /** Unix time in milliseconds. */
  readonly now?: (() => number) | undefined;
}

/** A log in files, of one UTC day each, or of less. */
interface LogFile {
  readonly file: string;
  /** What a file may hold before the next part is begun, bytes (default 64 MiB). */
  readonly maxBytes?: number | undefined;
  /** How long files are kept, days (default 30). */
  readonly keepDays?: number | undefined;
  /** How much files take together before the oldest go, bytes; packed ones count as what they are. */
  readonly keepBytes?: number | undefined;
  /** Whether finished files are packed with gzip. */
  readonly packs?: boolean | undefined;
}

/** Where lines go. */
interface Writer {
  readonly droppedLines: number;
  append(line: string): void;
  close(): Promise<void>;
}

export class JsonLog implements AsyncDisposable {
  readonly #writer: Writer;
  readonly #level: number;
  readonly #bot: string | undefined;
  readonly #now: () => number;
  readonly #rates = new EventRates();
  #closing: Promise<void> | undefined;

  private constructor(writer: Writer, options: JsonLogOptions) {
    this.#writer = writer;
    this.#level = LOG_LEVELS.indexOf(options.level);
    this.#bot = options.bot;
    this.#now = options.now ?? Date.now;
  }

  /** @throws {ConfigError} where its file's directory cannot be written */
  static async open(options: JsonLogOptions): Promise<JsonLog> {
    return new JsonLog(await openWriter(options), options);
  }

  /** A log that keeps nothing. */
  static silent(): JsonLog {
    return new JsonLog(
      { droppedLines: 0, append: () => undefined, close: async () => undefined },
      { destination: "stderr", level: "error" },
    );
  }

  /** Lines that could not be kept: whoever takes them was too slow or gone, or the log was closed. */
  get droppedLines(): number {
    return this.#writer.droppedLines;
  }

  debug(event: string, fields?: Readonly<Record<string, unknown>>): void {
    this.#line("debug", event, fields);
  }

  info(event: string, fields?: Readonly<Record<string, unknown>>): void {
    this.#line("info", event, fields);
  }

  warn(event: string, fields?: Readonly<Record<string, unknown>>): void {
    this.#line("warn", event, fields);
  }

  error(event: string, fields?: Readonly<Record<string, unknown>>): void {
    this.#line("error", event, fields);
  }

  /** Writes out what waits, and ends. Any number of times; lines after it are dropped. */
  close(): Promise<void> {
    this.#closing ??= this.#writer.close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #line(level: LogLevel, event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    if (LOG_LEVELS.indexOf(level) < this.#level) return;
    const now = this.#now();
    const suppressed = this.#rates.admit(event, Math.floor(now / 1000));
    if (suppressed === undefined) return;
    const head = {
      time: new Date(now).toISOString(),
      level,
      event,
      ...(this.#bot === undefined ? {} : { bot: this.#bot }),
    };
    const tail = { suppressed: suppressed === 0 ? undefined : suppressed };
    const shown = plainFields(fields, { stacks: this.#level === LOG_LEVELS.indexOf("debug") });
    // Ours come first, and win over fields of the same name.
    this.#writer.append(JSON.stringify({ ...head, ...shown, ...head, ...tail }));
  }
}

async function openWriter({ destination, now }: JsonLogOptions): Promise<Writer> {
  if (typeof destination === "string") return new StreamWriter(process[destination]);
  if ("stream" in destination) return new StreamWriter(destination.stream);
  const problems = new StreamWriter(process.stderr);
  const { maxBytes, keepDays, keepBytes, packs } = destination;
  const { dir, name, extension } = filePattern(destination.file);
  try {
    const file = await RotatingFile.open({
      dir,
      name,
      extension,
      now,
      maxFileBytes: maxBytes,
      ...{ keepDays, keepBytes, packs },
      // Days and bytes say how many, where bytes are said.
      keepFiles: keepBytes === undefined ? undefined : Number.POSITIVE_INFINITY,
      onProblem: (error) => problems.append(error.oneLine()),
    });
    return {
      get droppedLines() {
        return file.droppedLines;
      },
      append: (line) => file.append(line),
      close: async () => {
        await file.close();
        await problems.close();
      },
    };
  } catch (error) {
    await problems.close();
    throw error;
  }
}

/** `logs/bot.log` as the parts that the day comes between. An ending that is no plain word belongs to the name. */
function filePattern(file: string): { dir: string; name: string; extension: string } {
  const ending = extname(file);
  const plain = /^\.\w+$/.test(ending);
  return {
    dir: dirname(file),
    name: plain ? basename(file, ending) : basename(file),
    extension: plain ? ending.slice(1) : "log",
  };
}
