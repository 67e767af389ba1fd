/** Runs the bot in a test, as fast as the machine goes, and gives what it did and what its metrics say. */
import { ArbitrageMetrics, Registry } from "@haltwatch/bot";
import { ArbitrageBot, type BotParts } from "../bot.ts";
import { simulatedClock } from "../clock.ts";
import type { MarketEvent } from "../feeds/quote.ts";
import { simulatedFeed } from "../feeds/simulated-feed.ts";
import { seededRandom } from "../random.ts";
import { DEFAULT_STRATEGY, type Strategy } from "../strategy.ts";
import { first, START_MS } from "./quotes.ts";

export interface TradeOptions {
  readonly seed?: number;
  readonly startMs?: number;
  readonly strategy?: Partial<Strategy>;
  readonly signal?: AbortSignal;
  readonly guard?: BotParts["guard"];
}

/** One line of the bot's log. */
export interface LogLine {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Traded {
  readonly bot: ArbitrageBot;
  /** By series, as `/metrics` gives them. */
  readonly metrics: ReadonlyMap<string, number>;
  readonly log: readonly LogLine[];
  /** What was left open each time, in the quote currency. */
  readonly exposures: readonly number[];
}

class WatchedMetrics extends ArbitrageMetrics {
  readonly exposures: number[] = [];

  override recordExposure(exposure: { readonly unhedgedQuote: number }): void {
    this.exposures.push(exposure.unhedgedQuote);
    super.recordExposure(exposure);
  }
}

export async function trade(market: AsyncIterable<MarketEvent>, options: TradeOptions = {}): Promise<Traded> {
  const { seed = 1, startMs = START_MS, strategy = {}, signal = new AbortController().signal, guard } = options;
  const registry = new Registry({ now: () => startMs });
  const recorder = new WatchedMetrics(registry);
  const log: LogLine[] = [];
  const tell = (event: string, fields: LogLine["fields"] = {}): void => void log.push({ event, fields });
  const bot = new ArbitrageBot({
    symbol: "ETHUSD",
    strategy: { ...DEFAULT_STRATEGY, ...strategy },
    recorder,
    log: { debug: tell, info: tell, warn: tell },
    clock: simulatedClock(startMs),
    random: seededRandom(seed),
    guard,
  });
  await bot.run(market, signal);
  const lines = (await registry.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const metrics = new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
  return { bot, metrics, log, exposures: recorder.exposures };
}

/** So many quotes of the simulated market. */
export function simulate(seed: number, quotes: number, strategy: Partial<Strategy> = {}): Promise<Traded> {
  return trade(first(quotes, simulatedFeed(seededRandom(seed), START_MS)), { seed, strategy });
}

/** What has to be alike in two runs: all but what was measured on the wall clock. */
export function withoutMeasured({ metrics, log, bot }: Traded) {
  return { tally: bot.tally, log, metrics: [...metrics].filter(([series]) => !series.includes('metric="scanner"')) };
}
