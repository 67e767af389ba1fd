/** Writes what a bot records to CSV files, instead of or beside `/metrics`. Row A3. Never blocks an order. */
import type { RecordSink } from "../arbitrage/arbitrage-metrics.ts";
import type { Opportunity, OrderReport, Spread, Venue } from "../arbitrage/records.ts";
import { HaltwatchError } from "../errors.ts";
import { RotatingFile, type RotatingFileOptions } from "../files/rotating-file.ts";
import { csvLine } from "./csv-line.ts";
import { CSV_FILES, type CsvKind, type CsvRecord, cellsOf } from "./csv-records.ts";

export interface CsvSinkOptions
  extends Pick<
    RotatingFileOptions,
    "dir" | "maxFileBytes" | "keepDays" | "maxBufferCharacters" | "now" | "onProblem"
  > {}

export class CsvSink implements RecordSink {
  readonly #files: Readonly<Record<CsvKind, RotatingFile>>;
  readonly #options: CsvSinkOptions;
  #toldUnwritable = false;

  private constructor(options: CsvSinkOptions, files: Readonly<Record<CsvKind, RotatingFile>>) {
    this.#options = options;
    this.#files = files;
  }

  /** @throws {ConfigError} where the directory cannot be written */
  static async open(options: CsvSinkOptions): Promise<CsvSink> {
    const open = (kind: CsvKind): Promise<RotatingFile> => {
      const { name, columns } = CSV_FILES[kind];
      return RotatingFile.open({ ...options, name, extension: "csv", header: csvLine(columns) });
    };
    return new CsvSink(options, {
      order: await open("order"),
      latency: await open("latency"),
      opportunity: await open("opportunity"),
      spread: await open("spread"),
    });
  }

  /** Rows that could not be kept: the disk did not take them for too long, or the sink was closed. */
  get droppedRows(): number {
    return Object.values(this.#files).reduce((sum, file) => sum + file.droppedLines, 0);
  }

  order(report: OrderReport, venue: Venue): void {
    this.#write({ kind: "order", time: this.#now(), venue, report });
  }

  latency(metric: string, ms: number): void {
    this.#write({ kind: "latency", time: this.#now(), metric, ms });
  }

  opportunity(opportunity: Opportunity): void {
    this.#write({ kind: "opportunity", time: this.#now(), opportunity });
  }

  spread(spread: Spread): void {
    this.#write({ kind: "spread", time: this.#now(), spread });
  }

  /** Writes out what waits. */
  async flush(): Promise<void> {
    await Promise.all(Object.values(this.#files).map((file) => file.flush()));
  }

  /** Writes out what waits, and ends. Any number of times. */
  async close(): Promise<void> {
    await Promise.all(Object.values(this.#files).map((file) => file.close()));
  }

  #write(record: CsvRecord): void {
    try {
      this.#files[record.kind].append(csvLine(cellsOf(record)));
    } catch (error) {
      // A value that is not what its type says (an object as symbol): told once, and never the bot's end.
      if (this.#toldUnwritable) return;
      this.#toldUnwritable = true;
      this.#options.onProblem(
        new HaltwatchError("BAD_RECORD", `a record of kind ${record.kind} cannot be written as CSV`, {
          hint: "Give texts and numbers as the types ask",
          cause: error,
        }),
      );
    }
  }

  #now(): Date {
    return new Date((this.#options.now ?? Date.now)());
  }
}
