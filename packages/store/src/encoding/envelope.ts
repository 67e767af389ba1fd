/** What is kept on disk: compressed where that makes it smaller, with a checksum. */
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { CorruptError } from "./byte-reader.ts";

const STORED = 0;
const COMPRESSED = 1;
const CHECKSUM_BYTES = 4;

const COMPRESSION = { params: { [constants.ZSTD_c_compressionLevel]: 6 } };

export function sealed(content: Uint8Array): Uint8Array {
  const compressed = zstdCompressSync(content, COMPRESSION);
  return compressed.length < content.length ? enclosed(compressed, COMPRESSED) : enclosed(content);
}

/** With a checksum alone: for what is soon to be replaced. */
export function enclosed(body: Uint8Array, kind = STORED): Uint8Array {
  const envelope = Buffer.allocUnsafe(1 + body.length + CHECKSUM_BYTES);
  envelope[0] = kind;
  envelope.set(body, 1);
  envelope.writeUInt32LE(crc32(envelope.subarray(0, 1 + body.length)), 1 + body.length);
  return envelope;
}

/**
 * @param maxBytes most that the content can be: damaged bytes may claim more
 * @throws {CorruptError}
 */
export function opened(envelope: Uint8Array, maxBytes: number): Uint8Array {
  const end = envelope.length - CHECKSUM_BYTES;
  if (end < 1) throw new CorruptError("too short");
  const bytes = Buffer.from(envelope.buffer, envelope.byteOffset, envelope.byteLength);
  if (bytes.readUInt32LE(end) !== crc32(bytes.subarray(0, end))) throw new CorruptError("the checksum is wrong");
  const body = bytes.subarray(1, end);
  if (bytes[0] === STORED) return body;
  if (bytes[0] !== COMPRESSED) throw new CorruptError(`nothing is kept in the way ${bytes[0]}`);
  try {
    return zstdDecompressSync(body, { maxOutputLength: maxBytes });
  } catch (error) {
    throw new CorruptError("cannot be decompressed", { cause: error });
  }
}
