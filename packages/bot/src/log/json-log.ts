/**
 * The bot's log: one JSON object a line, UTC. Never throws, never waits, never shows what is named like a secret, and does
 * not let one event repeated a thousand times a second drown the others.
 */
import { basename, dirname, extname } from "node:path";
import { HaltwatchError } from "../errors.ts";
import { RotatingFile } from "../files/rotating-file.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Longest text of a field, characters; longer ones are cut. */
export const MAX_FIELD_CHARACTERS = 4096;

/** Lines of one event within a second; what exceeds it is counted, and told with the event's next line. */
export const MAX_LINES_PER_EVENT_AND_SECOND = 10;

const SECRET = /token|password|passwd|secret|authorization|api_?key|private_?key|webhook_url|cookie/i;

export interface JsonLogOptions {
  /** `file` is the first part of the name: `logs/bot.log` becomes `logs/bot-2026-11-21.log`. */
  readonly destination: "stderr" | "stdout" | { readonly file: string };
  readonly level: LogLevel;
  /** Added to each line. */
  readonly bot?: string | undefined;
  /** Unix time in milliseconds. */
  readonly now?: (() => number) | undefined;
}

/** Where lines go. */
interface Writer {
  write(line: string): void;
  close(): Promise<void>;
}

export class JsonLog {
  readonly #writer: Writer;
  readonly #level: number;
  readonly #bot: string | undefined;
  readonly #now: () => number;
  /** By event: the second it was last told in, how often in it, and how many were held back. */
  readonly #rates = new Map<string, { second: number; lines: number; suppressed: number }>();

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
      { write: () => undefined, close: async () => undefined },
      { destination: "stderr", level: "error" },
    );
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

  /** Writes out what waits, and ends. Any number of times. */
  close(): Promise<void> {
    return this.#writer.close();
  }

  #line(level: LogLevel, event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    if (LOG_LEVELS.indexOf(level) < this.#level) return;
    const now = this.#now();
    const suppressed = this.#admit(event, Math.floor(now / 1000));
    if (suppressed === undefined) return;
    const head = {
      time: new Date(now).toISOString(),
      level,
      event,
      ...(this.#bot === undefined ? {} : { bot: this.#bot }),
    };
    const tail = suppressed === 0 ? {} : { suppressed };
    // Ours come first, and win over fields of the same name.
    this.#writer.write(JSON.stringify({ ...head, ...shown(fields), ...head, ...tail }));
  }

  /** How many lines of this event were held back before this one; `undefined` if this one is to be held back too. */
  #admit(event: string, second: number): number | undefined {
    let rate = this.#rates.get(event);
    if (rate === undefined) {
      rate = { second, lines: 0, suppressed: 0 };
      this.#rates.set(event, rate);
    }
    if (rate.second !== second) {
      rate.second = second;
      rate.lines = 0;
    }
    if (rate.lines >= MAX_LINES_PER_EVENT_AND_SECOND) {
      rate.suppressed += 1;
      return undefined;
    }
    rate.lines += 1;
    const { suppressed } = rate;
    rate.suppressed = 0;
    return suppressed;
  }
}

async function openWriter({ destination, now }: JsonLogOptions): Promise<Writer> {
  if (typeof destination === "string") {
    const stream = process[destination];
    // A reader that went away (a closed pipe) must not end the bot.
    const ignore = (): void => undefined;
    stream.on("error", ignore);
    return {
      write: (line) => void stream.write(`${line}\n`),
      close: async () => {
        await new Promise<void>((resolve) => stream.write("", () => resolve()));
        stream.off("error", ignore);
      },
    };
  }
  const extension = extname(destination.file);
  const file = await RotatingFile.open({
    dir: dirname(destination.file),
    name: basename(destination.file, extension),
    extension: extension === "" ? "log" : extension.slice(1),
    now,
    onProblem: (error) => process.stderr.write(`${error.oneLine()}\n`),
  });
  return { write: (line) => file.append(line), close: () => file.close() };
}

/** The fields as what JSON can hold, whatever they are. */
function shown(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) out[key] = SECRET.test(key) ? "[redacted]" : plain(value);
  return out;
}

function plain(value: unknown): unknown {
  if (typeof value === "string")
    return value.length > MAX_FIELD_CHARACTERS ? `${value.slice(0, MAX_FIELD_CHARACTERS)}…` : value;
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (value instanceof HaltwatchError) return { message: value.oneLine(), code: value.code };
  if (value instanceof Error) return { message: value.message, name: value.name };
  if (typeof value !== "object" || value === null) return value;
  try {
    const text = JSON.stringify(value, (key, inner: unknown) =>
      SECRET.test(key) ? "[redacted]" : typeof inner === "bigint" ? inner.toString() : inner,
    );
    return text.length > MAX_FIELD_CHARACTERS
      ? `${text.slice(0, MAX_FIELD_CHARACTERS)}…`
      : (JSON.parse(text) as unknown);
  } catch (error) {
    return `[not shown: ${error instanceof Error ? error.message.split("\n", 1)[0] : String(error)}]`;
  }
}
