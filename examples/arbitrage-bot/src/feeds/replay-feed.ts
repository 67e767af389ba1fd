/** Replays recorded market data as two venues, merged by the time of receipt, a line at a time. */
import type { Random } from "../random.ts";
import { type Cast, castOf, type Part } from "./cast.ts";
import { inOrder, merged } from "./merged.ts";
import type { ArbitrageVenue, FeedTally, GasPrice, MarketEvent, Quote } from "./quote.ts";
import type { Recorded } from "./recorded/decoder.ts";
import { recordedFile } from "./recorded/recorded-file.ts";
import { shadowOf } from "./simulated-feed.ts";

export interface Replay {
  readonly events: AsyncGenerator<MarketEvent>;
  /** `ETHUSD`, whatever dollar the venues count in. */
  readonly pair: string;
  /** Of the first quote, Unix milliseconds. */
  readonly startMs: number;
  /** What plays which venue; `undefined` for one that is made up around the other. */
  readonly plays: Readonly<Record<ArbitrageVenue, string | undefined>>;
  readonly tally: FeedTally;
}

/**
 * @param random for a venue that has to be made up
 * @throws {ConfigError} where a file cannot be read, or the files have no pair in common
 */
export async function replayFeed(files: readonly string[], random: Random): Promise<Replay> {
  const cast = await castOf(files);
  const tally: FeedTally = { quotes: 0, skipped: 0, outOfOrder: 0, torn: 0 };
  const events = inOrder<MarketEvent>(
    merged<MarketEvent>([...quoteSources(cast, random, tally), gasSource(cast.gasFiles, tally)]),
    () => {
      tally.outOfOrder += 1;
    },
  );
  const { cex, dex } = cast.parts;
  return {
    events: counted(events, tally),
    pair: cast.pair,
    startMs: cast.startMs,
    plays: { cex: cex?.instrument, dex: dex?.instrument },
    tally,
  };
}

function quoteSources({ parts: { cex, dex } }: Cast, random: Random, tally: FeedTally): AsyncGenerator<Quote>[] {
  if (cex !== undefined && dex !== undefined) {
    // Both out of one file: read twice, so that neither has to be held while the other's lines are passed; counted once.
    const second = cex.files === dex.files ? undefined : tally;
    return [quotes(cex, "cex", tally), quotes(dex, "dex", second)];
  }
  if (cex !== undefined) return [withShadow(quotes(cex, "cex", tally), random, "dex")];
  if (dex !== undefined) return [withShadow(quotes(dex, "dex", tally), random, "cex")];
  return [];
}

async function* quotes({ files, instrument }: Part, venue: ArbitrageVenue, tally?: FeedTally): AsyncGenerator<Quote> {
  for await (const line of linesOf(files, tally)) {
    if (line.kind === "price" && line.instrument === instrument) yield { ...line, venue };
  }
}

async function* gasSource(files: readonly string[], tally: FeedTally): AsyncGenerator<GasPrice> {
  for await (const line of linesOf(files, tally)) if (line.kind === "gas") yield line;
}

/** What the files hold, one behind the other; what they hold besides is counted. */
async function* linesOf(files: readonly string[], tally?: FeedTally): AsyncGenerator<Recorded> {
  for (const file of files) {
    for await (const line of recordedFile(file)) {
      if (line === "torn" && tally !== undefined) tally.torn += 1;
      if (line === "skipped" && tally !== undefined) tally.skipped += 1;
      if (typeof line !== "string") yield line;
    }
  }
}

async function* withShadow(
  source: AsyncGenerator<Quote>,
  random: Random,
  venue: ArbitrageVenue,
): AsyncGenerator<Quote> {
  const shadow = shadowOf(random, venue);
  for await (const quote of source) {
    yield quote;
    yield shadow(quote);
  }
}

async function* counted(events: AsyncGenerator<MarketEvent>, tally: FeedTally): AsyncGenerator<MarketEvent> {
  for await (const event of events) {
    if (event.kind === "price") tally.quotes += 1;
    yield event;
  }
}
