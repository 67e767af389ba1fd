/**
 * The lines of a file, streamed: plain, .gz or .zst, told apart by their first bytes. Of a file that ends in the middle,
 * because whoever recorded it was killed, there are the lines that were finished.
 */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";

/** Longest line, characters: a venue's list of its instruments is 1 MB. */
const MAX_LINE_CHARACTERS = 16 * 1024 * 1024;

/** What zlib says of a stream that stops before its end. */
const CUT_OFF = "Z_BUF_ERROR";

/** Some lines of the file, at least one. */
export interface Lines {
  readonly lines: readonly string[];
  /** The last of these was not finished: the file ends in the middle of it. */
  readonly torn: boolean;
}

/** @throws {Error} where the file cannot be read or decompressed, or a line is too long */
export async function* recordedLines(file: string): AsyncGenerator<Lines> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of decompressed(file)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE_CHARACTERS) throw new Error(`a line has over ${MAX_LINE_CHARACTERS} characters`);
    if (lines.length > 0) yield { lines: lines.map(withoutReturn), torn: false };
  }
  rest += decoder.decode();
  if (rest !== "") yield { lines: [withoutReturn(rest)], torn: true };
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

async function* decompressed(file: string): AsyncGenerator<Uint8Array> {
  const { kind, size } = await compressionOf(file);
  if (kind === "none") {
    yield* createReadStream(file);
    return;
  }
  try {
    let start = 0;
    // One .zst may be several, one behind the other; Node's decompressor ends with the first. (Its gunzip goes on.)
    do {
      const decompress = kind === "gz" ? createGunzip() : createZstdDecompress();
      pipeline(createReadStream(file, { start }), decompress, () => undefined); // its error comes out of the reading
      yield* decompress;
      start += decompress.bytesWritten;
      if (decompress.bytesWritten === 0) return;
    } while (kind === "zst" && start < size);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === CUT_OFF)) throw error;
  }
}

async function compressionOf(file: string): Promise<{ kind: "gz" | "zst" | "none"; size: number }> {
  await using handle = await open(file);
  const magic = Buffer.alloc(4);
  await handle.read(magic, 0, magic.length, 0);
  const { size } = await handle.stat();
  if (magic[0] === 0x1f && magic[1] === 0x8b) return { kind: "gz", size };
  if (magic.readUInt32LE() === 0xfd2fb528) return { kind: "zst", size };
  return { kind: "none", size };
}
