/** Cuts a stream of bytes into pieces of whole lines, so that a file of any size is read in bounded memory. */
import { FileError } from "./file-error.ts";

/** Longest line, bytes: longer ones are no metrics. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;

const NEWLINE = 0x0a;

export interface WholeLines {
  /** Ends with a line break; the last piece ends as the stream does. */
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

/**
 * Pieces about as large as the chunks. A piece is given when more than it is known to come, so that the last one is known to be
 * the last; of an empty stream there is one, and it is empty.
 *
 * @throws {FileError} `MALFORMED` for a line that does not end
 */
export async function* wholeLines(chunks: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<WholeLines> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    const end = held.lastIndexOf(NEWLINE) + 1;
    if (end > 0) yield { bytes: held.subarray(0, end), isLast: false };
    held = Buffer.concat([held.subarray(end), chunk]);
    if (held.length > MAX_LINE_BYTES && !held.includes(NEWLINE)) {
      throw new FileError(
        "MALFORMED",
        `a line has more than ${MAX_LINE_BYTES} bytes`,
        "Give OpenMetrics text, packed with gzip or zstd or as it is",
        { file },
      );
    }
  }
  yield { bytes: held, isLast: true };
}
