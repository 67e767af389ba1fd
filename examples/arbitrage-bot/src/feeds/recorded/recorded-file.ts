/** What is in a recorded file, whatever kind it is: known by its first line, never by its name. */
import { ConfigError } from "@haltwatch/bot";
import { binanceLines } from "./binance-lines.ts";
import { cryptofeedFrames } from "./cryptofeed-frames.ts";
import type { Decoder, Format, Recorded } from "./decoder.ts";
import { gasPrices } from "./gas-prices.ts";
import { gmxMinutes } from "./gmx-minutes.ts";
import { recordedLines } from "./recorded-lines.ts";
import { swapTransactions } from "./swap-transactions.ts";
import { uniswapMinutes } from "./uniswap-minutes.ts";

const FORMATS: readonly Format[] = [
  binanceLines,
  uniswapMinutes,
  gmxMinutes,
  swapTransactions,
  gasPrices,
  cryptofeedFrames,
];

/** A file whose lines come in any order is held in memory whole: this many of its prices at most. */
const MAX_SORTED = 200_000;

/** What a line gave: what it recorded, nothing that is wanted, or that it was cut off by the end of the file. */
export type Line = Recorded | "skipped" | "torn";

/** The kind of this file. @throws {ConfigError} where it is of none, or cannot be read */
export async function formatOf(file: string): Promise<Format> {
  for await (const { line } of numberedLines(file)) return recognised(file, line);
  throw unreadable(file, "this file is empty");
}

/**
 * Streams the file. A last line that was cut off is passed over; any other that is not of the file's kind is an error.
 *
 * @throws {ConfigError} with file and line
 */
export async function* recordedFile(file: string): AsyncGenerator<Line> {
  const format = await formatOf(file);
  yield* format.unordered === true ? sorted(file, format) : inFileOrder(file, format.decoder());
}

async function* inFileOrder(file: string, decoder: Decoder): AsyncGenerator<Line> {
  for await (const { line, number, torn } of numberedLines(file)) {
    if (line === "") continue;
    yield decoded(file, decoder, line, number, torn);
  }
}

async function* sorted(file: string, format: Format): AsyncGenerator<Line> {
  const found: Recorded[] = [];
  for await (const line of inFileOrder(file, format.decoder())) {
    if (typeof line === "string") yield line;
    else found.push(line);
    if (found.length > MAX_SORTED)
      throw unreadable(file, `${format.name} have to be sorted, and there are over ${MAX_SORTED}`);
  }
  yield* found.sort((a, b) => a.timeMs - b.timeMs);
}

function decoded(file: string, decoder: Decoder, line: string, number: number, torn: boolean): Line {
  try {
    return decoder.decode(line) ?? "skipped";
  } catch (error) {
    if (torn) return "torn";
    throw unreadable(file, `this line cannot be read: ${error instanceof Error ? error.message : error}`, number);
  }
}

async function* numberedLines(file: string): AsyncGenerator<{ line: string; number: number; torn: boolean }> {
  let number = 0;
  try {
    for await (const { lines, torn } of recordedLines(file)) {
      for (const line of lines) yield { line, number: ++number, torn };
    }
  } catch (error) {
    // The disk, the compression, or no lines at all: what stands after the last good line is beyond reading.
    const line = number === 0 ? undefined : number + 1;
    throw unreadable(file, `cannot be read: ${error instanceof Error ? error.message : error}`, line);
  }
}

function recognised(file: string, firstLine: string): Format {
  const format = FORMATS.find(({ recognises }) => recognises(firstLine));
  if (format !== undefined) return format;
  throw unreadable(file, `this is not a recording of a known kind (${FORMATS.map(({ name }) => name).join(", ")})`, 1);
}

function unreadable(file: string, message: string, line?: number): ConfigError {
  const hint = "Give a recording as it was collected, plain, .gz or .zst";
  return new ConfigError("UNREADABLE_RECORDING", message, { file, line, hint });
}
