/** `haltwatch import`: OpenMetrics files with timestamps into a store. */
import type { Readable } from "node:stream";
import { Store } from "@haltwatch/store";
import { type ByteSource, byteSource } from "./byte-source.ts";
import { FileError } from "./file-error.ts";
import { OpenMetricsImport } from "./open-metrics-import.ts";
import { SampleBuffer } from "./sample-buffer.ts";
import { wholeLines } from "./whole-lines.ts";

/** Samples that are held before they are written. More make fewer, longer blocks, and take 42 bytes each. */
const FLUSH_SAMPLES = 4_000_000;

export interface ImportOptions {
  /** OpenMetrics text, as it is or packed with gzip or zstd; `-` is the standard input. */
  readonly files: readonly string[];
  /** The store's file, made if it is not there. */
  readonly into: string;
  readonly stdin: Readable;
  /** Told now and then how far it is. */
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  /** Samples that are held before they are written. */
  readonly flushSamples?: number | undefined;
}

export interface ImportProgress {
  readonly file: string;
  /** Lines of the file that were read. */
  readonly lines: number;
  readonly readBytes: number;
  /** `undefined` where it is not known. */
  readonly totalBytes: number | undefined;
}

export interface ImportReport {
  /** Put into the store. */
  readonly samples: number;
  /** How many series they are of. */
  readonly series: number;
  /** Left out: their series had a sample of that time already, in the store or before them. */
  readonly duplicates: number;
  /** Of the oldest sample and the newest, Unix milliseconds; infinite if there is none. */
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Streams the files into the store. Memory is bounded, whatever their size. At the first mistake it stops; the samples that were
 * written by then stay, of the rest none is kept.
 *
 * @throws {FileError} `UNREADABLE` before anything is written, if a file is not there
 * @throws {FileError} `MALFORMED` with file, line and column; its hint says what was kept
 * @throws {StoreError} if the store cannot be opened or written
 */
export async function importFiles(options: ImportOptions): Promise<ImportReport> {
  const sources = options.files.map((file) => byteSource(file, options.stdin));
  // Nothing is let go here for its age: that is for whoever runs the store.
  using store = new Store({ path: options.into, commitIntervalMs: 0, retentionMs: Number.POSITIVE_INFINITY });
  const buffer = new SampleBuffer(store, options.flushSamples ?? FLUSH_SAMPLES);
  const report = (): ImportReport => ({ ...buffer.tally, series: buffer.series });
  for (const source of sources) {
    try {
      await importOne(source, store, buffer, options.onProgress);
    } catch (error) {
      buffer.discard();
      if (error instanceof FileError) throw withKept(error, report());
      throw error;
    }
  }
  return report();
}

async function importOne(
  source: ByteSource,
  store: Store,
  buffer: SampleBuffer,
  onProgress: ((progress: ImportProgress) => void) | undefined,
): Promise<void> {
  const { name: file, totalBytes } = source;
  const reading = new OpenMetricsImport(store, buffer, file);
  for await (const lines of wholeLines(source.chunks(), file)) {
    reading.read(lines);
    onProgress?.({ file, lines: reading.lines, readBytes: source.readBytes(), totalBytes });
  }
  buffer.flush();
  reading.keepMetadata();
}

function withKept(error: FileError, { samples }: ImportReport): FileError {
  const kept =
    samples === 0
      ? "nothing was kept"
      : `${samples} samples that came before were kept, and will be left out as duplicates when you import again`;
  return new FileError(error.code, error.reason, `${error.hint}; ${kept}`, error);
}
