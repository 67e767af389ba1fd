/**
 * Which recording plays which venue. Two files: the first plays the CEX, the second the DEX. More: what is of the first
 * one's kind goes on where it ends, the others play the DEX. One: two of its instruments play against each other; if it
 * has but one of the pair, the other side is made up. Gas prices play neither.
 */
import { ConfigError } from "@haltwatch/bot";
import { pairOf } from "./pair.ts";
import type { ArbitrageVenue } from "./quote.ts";
import type { Format } from "./recorded/decoder.ts";
import { formatOf, recordedFile } from "./recorded/recorded-file.ts";

/** How far into a file its instruments are looked for, lines … */
const LOOK_AHEAD_LINES = 20_000;
/** … and into one that has to hold both venues: recorders write one connection's lines in a block, then the other's. */
const LOOK_AHEAD_LINES_FOR_TWO = 200_000;

/** Traded where the recordings hold it; otherwise what they tell the most prices of. */
const FAVOURITE_PAIR = "ETHUSD";

/** One venue's part: files that follow each other, and the instrument to take from them. */
export interface Part {
  readonly files: readonly string[];
  readonly instrument: string;
}

export interface Cast {
  readonly pair: string;
  /** A venue without a part has to be made up. */
  readonly parts: Readonly<Partial<Record<ArbitrageVenue, Part>>>;
  readonly gasFiles: readonly string[];
  /** Of the first line that any of the parts will play, Unix milliseconds. */
  readonly startMs: number;
}

interface Recording {
  readonly file: string;
  readonly format: Format;
  /** Those of which there are the most prices within the look-ahead come first. */
  readonly instruments: ReadonlyMap<string, Seen>;
  readonly startMs: number;
}

interface Seen {
  readonly firstMs: number;
  prices: number;
}

/** @throws {ConfigError} where a file cannot be read, or the files have no pair in common */
export async function castOf(files: readonly string[]): Promise<Cast> {
  const recordings: Recording[] = [];
  const lines = files.length === 1 ? LOOK_AHEAD_LINES_FOR_TWO : LOOK_AHEAD_LINES;
  for (const file of files) recordings.push(await lookInto(file, lines));
  const gasFiles = recordings.filter(({ format }) => format.plays === "gas").map(({ file }) => file);
  const markets = recordings.filter(({ format }) => format.plays !== "gas");
  const [first, ...others] = markets;
  if (first === undefined) {
    throw new ConfigError("NO_PRICES", "these recordings hold gas prices and none of a market", {
      file: files[0],
      hint: "Give a recording of a market beside them",
    });
  }
  const startMs = Math.min(...markets.map((recording) => recording.startMs));
  const ofFirst = others.length < 2 ? [first] : markets.filter((recording) => sameKind(recording, first));
  const ofSecond = markets.filter((recording) => !ofFirst.includes(recording));
  if (ofSecond.length === 0) return { ...castOfOne(ofFirst), gasFiles, startMs };
  const pair = commonPair([...ofFirst, ...ofSecond]);
  return { pair, parts: { cex: partOf(ofFirst, pair), dex: partOf(ofSecond, pair) }, gasFiles, startMs };
}

function castOfOne(recordings: readonly Recording[]): Pick<Cast, "pair" | "parts"> {
  const [recording] = recordings;
  const instruments = [...(recording?.instruments.keys() ?? [])];
  const twice = instruments.filter((one) =>
    instruments.some((other) => other !== one && pairOf(other) === pairOf(one)),
  );
  const pair = favourite((twice.length > 0 ? twice : instruments).map(pairOf));
  const [instrument = "", opposite] = instruments.filter((one) => pairOf(one) === pair);
  const files = byTime(recordings);
  if (opposite !== undefined) {
    return { pair, parts: { cex: { files, instrument }, dex: { files, instrument: opposite } } };
  }
  return {
    pair,
    parts: recording?.format.plays === "dex" ? { dex: { files, instrument } } : { cex: { files, instrument } },
  };
}

function partOf(recordings: readonly Recording[], pair: string): Part {
  const instruments = new Set(recordings.map((recording) => instrumentFor(recording, pair)));
  const [instrument = ""] = instruments;
  if (instruments.size > 1) {
    throw new ConfigError("MIXED_VENUES", `these recordings are of ${[...instruments].join(" and ")}`, {
      file: recordings[1]?.file,
      hint: "Give the recordings of two venues: the one that plays the CEX first",
    });
  }
  return { files: byTime(recordings), instrument };
}

function byTime(recordings: readonly Recording[]): string[] {
  return [...recordings].sort((a, b) => a.startMs - b.startMs).map(({ file }) => file);
}

function instrumentFor({ instruments }: Recording, pair: string): string {
  return [...instruments.keys()].find((instrument) => pairOf(instrument) === pair) ?? "";
}

function sameKind(one: Recording, other: Recording): boolean {
  const [instrument = ""] = other.instruments.keys();
  return one.format === other.format && one.instruments.has(instrument);
}

function commonPair(recordings: readonly Recording[]): string {
  const [first, ...others] = recordings.map(({ instruments }) => new Set([...instruments.keys()].map(pairOf)));
  const common = [...(first ?? [])].filter((pair) => others.every((pairs) => pairs.has(pair)));
  if (common.length > 0) return favourite(common);
  const [one, other] = recordings.map(({ instruments }) => [...instruments.keys()].slice(0, 3).join(", "));
  throw new ConfigError("NO_COMMON_PAIR", `these recordings have no pair in common: ${one}; ${other}`, {
    file: recordings.at(-1)?.file,
    hint: "Give two recordings of the same pair, such as ETHUSDT and ETHUSDC",
  });
}

function favourite(pairs: readonly (string | undefined)[]): string {
  return pairs.find((pair) => pair === FAVOURITE_PAIR) ?? pairs[0] ?? "";
}

/** @throws {ConfigError} where there is no price of any pair in it */
async function lookInto(file: string, atMost: number): Promise<Recording> {
  const format = await formatOf(file);
  const seen = new Map<string, Seen>();
  let gasSeen = false;
  let lines = 0;
  for await (const line of recordedFile(file)) {
    if (++lines > atMost) break;
    if (typeof line === "string") continue;
    gasSeen = line.kind === "gas";
    if (line.kind === "gas") break;
    if (pairOf(line.instrument) === undefined) continue;
    const instrument = seen.get(line.instrument) ?? { firstMs: line.timeMs, prices: 0 };
    instrument.prices += 1;
    seen.set(line.instrument, instrument);
  }
  if (seen.size === 0 && !gasSeen) {
    throw new ConfigError("NO_PRICES", `there is no price of a pair in these ${format.name}`, {
      file,
      hint: "Give a recording with quotes or order books, of a pair such as ETHUSDT",
    });
  }
  const instruments = new Map([...seen].sort(([, a], [, b]) => b.prices - a.prices));
  const startMs = Math.min(...[...seen.values()].map(({ firstMs }) => firstMs));
  return { file, format, instruments, startMs };
}
