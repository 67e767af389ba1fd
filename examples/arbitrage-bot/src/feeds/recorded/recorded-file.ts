/** The ticks of a recorded file, whatever kind it is and however it is compressed. */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { ConfigError } from "@haltwatch/bot";
import type { Tick } from "../quote.ts";
import { binanceLines } from "./binance-lines.ts";
import { cryptofeedFrames } from "./cryptofeed-frames.ts";
import type { Decoder, Format } from "./decoder.ts";
import { gmxMinutes, uniswapMinutes } from "./minute-csv.ts";

const FORMATS: readonly Format[] = [binanceLines, uniswapMinutes, gmxMinutes, cryptofeedFrames];

/** What a line of a recorded file gave. */
export type RecordedLine = Tick | "skipped";

/**
 * Streams the file. A last line that was cut off is passed over; any other that is not of the file's kind is an error.
 *
 * @throws {ConfigError} with file and line
 */
export async function* recordedLines(file: string): AsyncGenerator<RecordedLine> {
  let decoder: Decoder | undefined;
  let number = 0;
  let pending: ConfigError | undefined;
  for await (const line of createInterface({ input: await decompressed(file) })) {
    number += 1;
    if (pending !== undefined) throw pending; // the line at fault was not the last one
    decoder ??= decoderFor(file, line);
    if (line === "") continue;
    let tick: Tick | undefined;
    try {
      tick = decoder.decode(line);
    } catch (error) {
      pending = unreadable(
        file,
        `this line cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        number,
      );
      continue;
    }
    yield tick ?? "skipped";
  }
  if (decoder === undefined) throw unreadable(file, "this file is empty");
}

function decoderFor(file: string, firstLine: string): Decoder {
  const format = FORMATS.find(({ recognises }) => recognises(firstLine));
  if (format !== undefined) return format.decoder();
  throw unreadable(file, `this is not a recording of a known kind (${FORMATS.map(({ name }) => name).join(", ")})`, 1);
}

/** Told apart by their first bytes, not by their names. */
async function decompressed(file: string): Promise<Readable> {
  const magic = Buffer.alloc(4);
  try {
    await using handle = await open(file);
    await handle.read(magic, 0, 4, 0);
  } catch (error) {
    throw unreadable(file, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const bytes = createReadStream(file);
  if (magic[0] === 0x1f && magic[1] === 0x8b) return piped(bytes, createGunzip());
  if (magic.readUInt32LE() === 0xfd2fb528) return piped(bytes, createZstdDecompress());
  return bytes;
}

function piped(from: Readable, into: ReturnType<typeof createGunzip>): Readable {
  from.on("error", (error) => into.destroy(error));
  return from.pipe(into);
}

function unreadable(file: string, message: string, line?: number): ConfigError {
  const hint = "Give a recording as it was collected, plain, .gz or .zst";
  return new ConfigError("UNREADABLE_RECORDING", message, { file, line, hint });
}
