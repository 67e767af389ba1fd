/** Bytes of a file or of the standard input, as they are or unpacked: whether they are packed is seen at their beginning. */
import { createReadStream, type Stats, statSync } from "node:fs";
import { pipeline, Readable, type Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { FileError, unreadable } from "./file-error.ts";

/** The name that stands for the standard input. */
const STDIN_NAME = "-";

/** How much is read at a time, bytes. */
const READ_BYTES = 1024 * 1024;

/** How what is packed begins: RFC 1952 and RFC 8878. */
const PACKINGS: readonly { readonly magic: readonly number[]; readonly unpack: () => Transform }[] = [
  { magic: [0x1f, 0x8b], unpack: () => createGunzip({ chunkSize: READ_BYTES }) },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: () => createZstdDecompress({ chunkSize: READ_BYTES }) },
];
const MAGIC_BYTES = 4;

export interface ByteSource {
  /** As it is named in messages. */
  readonly name: string;
  /** Packed size; `undefined` where it is not known, as of a pipe. */
  readonly totalBytes: number | undefined;
  /** How many bytes were read, packed as they are. */
  readBytes(): number;
  /** What they are unpacked. @throws {FileError} `UNREADABLE`, or `MALFORMED` where what is packed is damaged or cut off */
  chunks(): AsyncGenerator<Uint8Array, void, undefined>;
}

/**
 * @param stdin what {@link STDIN_NAME} stands for
 * @throws {FileError} `UNREADABLE` at once, if there is no such file
 */
export function byteSource(file: string, stdin: Readable): ByteSource {
  const isStdin = file === STDIN_NAME;
  const name = isStdin ? "stdin" : file;
  const size = isStdin ? undefined : fileSize(file);
  let readBytes = 0;
  async function* packed(): AsyncGenerator<Uint8Array, void, undefined> {
    const stream: Readable = isStdin ? stdin : createReadStream(file, { highWaterMark: READ_BYTES });
    for await (const chunk of stream) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array); // one or the other
      readBytes += bytes.length;
      yield bytes;
    }
  }
  return { name, totalBytes: size, readBytes: () => readBytes, chunks: () => unpacked(packed(), name) };
}

/** `undefined` for what has none, such as a named pipe. */
function fileSize(file: string): number | undefined {
  let stats: Stats;
  try {
    stats = statSync(file);
  } catch (error) {
    throw unreadable(file, error);
  }
  if (stats.isDirectory()) {
    throw new FileError("UNREADABLE", "is a directory", "Name the files in it", { file });
  }
  return stats.isFile() ? stats.size : undefined;
}

async function* unpacked(
  packed: AsyncGenerator<Uint8Array, void, undefined>,
  name: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    let head: Buffer = Buffer.alloc(0);
    while (head.length < MAGIC_BYTES) {
      const next = await packed.next();
      if (next.done === true) break;
      head = Buffer.concat([head, next.value]);
    }
    const packing = PACKINGS.find(({ magic }) => magic.every((byte, i) => head[i] === byte));
    if (packing === undefined) {
      if (head.length > 0) yield head;
      yield* packed;
      return;
    }
    const whole = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
      yield head;
      yield* packed;
    };
    // A failure of either end reaches whoever reads the last one.
    yield* pipeline(Readable.from(whole()), packing.unpack(), () => undefined);
  } catch (error) {
    if (error instanceof FileError) throw error;
    if (error instanceof Error && "code" in error && /^(?:Z_|ZSTD_|ERR_ZSTD)/.test(String(error.code))) {
      const hint = "Pack it again, or unpack what can be unpacked with gzip or zstd";
      throw new FileError("MALFORMED", `cannot be unpacked: ${error.message}`, hint, { file: name, cause: error });
    }
    throw unreadable(name, error);
  }
}
