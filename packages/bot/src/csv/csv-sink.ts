/** Writes what a bot records to CSV files, instead of or beside `/metrics`. Row A3. Never blocks an order. */
import type { RecordSink } from "../arbitrage/arbitrage-metrics.ts";
import type { Opportunity, OrderReport, Spread, Venue } from "../arbitrage/records.ts";
import { HaltwatchError } from "../errors.ts";
import { RotatingFile, type RotatingFileOptions } from "../files/rotating-file.ts";
import { csvLine, MAX_LINE_CHARACTERS } from "./csv-line.ts";
import { type CsvKind, type CsvRecord, cellsOf, columnsOf, fileNameOf } from "./csv-records.ts";

export interface CsvSinkOptions
  extends Pick<
    RotatingFileOptions,
    "dir" | "maxFileBytes" | "keepDays" | "keepFiles" | "flushIntervalMs" | "maxBufferCharacters" | "now" | "onProblem"
  > {}

export class CsvSink implements RecordSink, AsyncDisposable {
  readonly #files: Readonly<Record<CsvKind, RotatingFile>>;
  readonly #options: CsvSinkOptions;
  #badRecords = 0;
  #closing: Promise<void> | undefined;

  private constructor(options: CsvSinkOptions, files: Readonly<Record<CsvKind, RotatingFile>>) {
    this.#options = options;
    this.#files = files;
  }

  /** @throws {ConfigError} `UNWRITABLE_DIRECTORY` where the directory cannot be made or written */
  static async open(options: CsvSinkOptions): Promise<CsvSink> {
    const safe = { ...options, onProblem: shielded(options.onProblem) };
    const opened: RotatingFile[] = [];
    const open = async (kind: CsvKind): Promise<RotatingFile> => {
      const header = csvLine(columnsOf(kind));
      const file = await RotatingFile.open({ ...safe, name: fileNameOf(kind), extension: "csv", header });
      opened.push(file);
      return file;
    };
    try {
      return new CsvSink(safe, {
        order: await open("order"),
        latency: await open("latency"),
        opportunity: await open("opportunity"),
        spread: await open("spread"),
      });
    } catch (error) {
      await Promise.all(opened.map((file) => file.close()));
      throw error;
    }
  }

  /** Rows that were not kept: the disk did not take them for too long, the sink was closed, or they were no records. */
  get droppedRows(): number {
    return Object.values(this.#files).reduce((sum, file) => sum + file.droppedLines, this.#badRecords);
  }

  order(report: OrderReport, venue: Venue): void {
    this.#write("order", (time) => ({ kind: "order", time, venue, report }));
  }

  /** @param ms milliseconds */
  latency(metric: string, ms: number): void {
    this.#write("latency", (time) => ({ kind: "latency", time, metric, ms }));
  }

  opportunity(opportunity: Opportunity): void {
    this.#write("opportunity", (time) => ({ kind: "opportunity", time, opportunity }));
  }

  spread(spread: Spread): void {
    this.#write("spread", (time) => ({ kind: "spread", time, spread }));
  }

  /** Writes out what waits. */
  async flush(): Promise<void> {
    await Promise.all(Object.values(this.#files).map((file) => file.flush()));
  }

  /** Writes out what waits, and ends. Any number of times; each settles when all is written. */
  close(): Promise<void> {
    this.#closing ??= Promise.all(Object.values(this.#files).map((file) => file.close())).then(() => undefined);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #write(kind: CsvKind, record: (time: Date) => CsvRecord): void {
    try {
      const line = csvLine(cellsOf(record(new Date((this.#options.now ?? Date.now)()))));
      // A longer one would be written, and could not be read back.
      if (line.length > MAX_LINE_CHARACTERS)
        throw new RangeError(`it is longer than ${MAX_LINE_CHARACTERS} characters`);
      this.#files[kind].append(line);
    } catch (error) {
      this.#badRecord(kind, error);
    }
  }

  /** A record is not what its type says (an object as symbol): told once, counted always, and never the bot's end. */
  #badRecord(kind: CsvKind, error: unknown): void {
    this.#badRecords += 1;
    if (this.#badRecords > 1) return;
    const why = error instanceof Error ? `: ${error.message}` : "";
    this.#options.onProblem(
      new HaltwatchError("BAD_RECORD", `a record of kind ${kind} cannot be written as CSV${why}`, {
        hint: "Give texts and numbers as the types ask; later ones are counted without a word",
        cause: error,
      }),
    );
  }
}

/** The caller's reporter, whose own exceptions must reach neither an order nor a timer. */
function shielded(onProblem: CsvSinkOptions["onProblem"]): CsvSinkOptions["onProblem"] {
  return (error) => {
    try {
      onProblem(error);
    } catch {
      // Nobody is left to tell: it was the one who is told.
    }
  };
}
