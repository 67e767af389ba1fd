/**
 * Replays recorded market data as two venues, merged by the time of receipt. Two files: the first plays the CEX, the
 * second the DEX. One file: two of its instruments; if it has but one, the other side is made up around it.
 */
import { ConfigError } from "@haltwatch/bot";
import type { Random } from "../random.ts";
import type { ArbitrageVenue, FeedTally, Quote, Tick } from "./quote.ts";
import { recordedLines } from "./recorded/recorded-file.ts";
import { shadowOf } from "./simulated-feed.ts";

/** The pair that is traded: ether against the dollar and what stands for it. */
const PAIR = /(^|\/)ETH(USD[TC]?)$/;

/** How far into a file its instruments are looked for, lines. */
const LOOK_AHEAD_LINES = 20_000;

export interface Replay {
  readonly quotes: AsyncGenerator<Quote>;
  /** Of the first quote, Unix milliseconds. */
  readonly startMs: number;
  /** What plays which venue, for people. */
  readonly plays: Readonly<Record<ArbitrageVenue, string>>;
  readonly tally: FeedTally;
}

/** @throws {ConfigError} where a file cannot be read, or holds no price of the pair */
export async function replayFeed(files: readonly string[], random: Random): Promise<Replay> {
  const tally: FeedTally = { quotes: 0, skipped: 0, outOfOrder: 0 };
  const [first = "", ...others] = files;
  const inFirst = await instrumentsOf(first);
  const cex = choose(first, inFirst, 0);
  let sources: AsyncGenerator<Quote>[];
  let dex: string;
  if (others.length === 0) {
    const second = inFirst.instruments[1];
    dex = second ?? "(made up around the other)";
    sources = [oneFile(first, second === undefined ? { [cex]: "cex" } : { [cex]: "cex", [second]: "dex" }, tally)];
    if (second === undefined) sources = [withShadow(sources[0] as AsyncGenerator<Quote>, random)]; // just made
  } else {
    const inSecond = await instrumentsOf(others[0] ?? "");
    dex = choose(others[0] ?? "", inSecond, 0);
    // Further files go on where the second ends.
    sources = [
      oneFile(first, { [cex]: "cex" }, tally),
      chained(others.map((file) => oneFile(file, { [dex]: "dex" }, tally))),
    ];
  }
  const startMs = inFirst.startMs;
  return { quotes: inOrder(merged(sources), tally), startMs, plays: { cex, dex }, tally };
}

interface Instruments {
  readonly instruments: readonly string[];
  readonly startMs: number;
}

async function instrumentsOf(file: string): Promise<Instruments> {
  const found = new Set<string>();
  let startMs: number | undefined;
  let lines = 0;
  for await (const line of recordedLines(file)) {
    if (++lines > LOOK_AHEAD_LINES || found.size > 1) break;
    if (line === "skipped" || !PAIR.test(line.instrument)) continue;
    found.add(line.instrument);
    startMs ??= line.timeMs;
  }
  return { instruments: [...found], startMs: startMs ?? 0 };
}

function choose(file: string, { instruments }: Instruments, index: number): string {
  const instrument = instruments[index];
  if (instrument !== undefined) return instrument;
  throw new ConfigError("NO_PRICES", "there is no price of ETH in US dollars in this recording", {
    file,
    hint: "Give a recording of ETHUSD, ETHUSDT or ETHUSDC",
  });
}

async function* oneFile(
  file: string,
  venues: Readonly<Record<string, ArbitrageVenue>>,
  tally: FeedTally,
): AsyncGenerator<Quote> {
  for await (const line of recordedLines(file)) {
    const venue = line === "skipped" ? undefined : venues[line.instrument];
    if (line === "skipped" || venue === undefined) tally.skipped += 1;
    else yield quoteOf(line, venue);
  }
}

function quoteOf(tick: Tick, venue: ArbitrageVenue): Quote {
  return { ...tick, venue };
}

async function* withShadow(quotes: AsyncGenerator<Quote>, random: Random): AsyncGenerator<Quote> {
  const shadow = shadowOf(random);
  for await (const quote of quotes) {
    yield quote;
    yield shadow(quote);
  }
}

async function* chained(parts: readonly AsyncGenerator<Quote>[]): AsyncGenerator<Quote> {
  for (const part of parts) yield* part;
}

async function* merged(sources: readonly AsyncGenerator<Quote>[]): AsyncGenerator<Quote> {
  const heads = await Promise.all(sources.map(async (source) => (await source.next()).value as Quote | undefined)); // returns nothing at its end
  while (true) {
    let earliest = -1;
    for (const [index, head] of heads.entries()) {
      const best = heads[earliest];
      if (head !== undefined && (best === undefined || head.timeMs < best.timeMs)) earliest = index;
    }
    const next = heads[earliest];
    if (next === undefined) return;
    yield next;
    heads[earliest] = (await sources[earliest]?.next())?.value as Quote | undefined; // as above
  }
}

/** Time never runs backwards: a late line is taken at the time of the one before it, and counted. */
async function* inOrder(quotes: AsyncGenerator<Quote>, tally: FeedTally): AsyncGenerator<Quote> {
  let lastMs = Number.NEGATIVE_INFINITY;
  for await (const quote of quotes) {
    tally.quotes += 1;
    if (quote.timeMs >= lastMs) {
      lastMs = quote.timeMs;
      yield quote;
    } else {
      tally.outOfOrder += 1;
      yield { ...quote, timeMs: lastMs };
    }
  }
}
