/** The example bot: reads its arguments, makes the parts, trades until it is told to stop. */
import { errorLine, exitOnSignal, HaltwatchError, initMetrics, type JsonLog, type Monitoring } from "@haltwatch/bot";
import { ArbitrageBot, summaryOf } from "./bot.ts";
import { scaledClock, simulatedClock } from "./clock.ts";
import { until } from "./feeds/merged.ts";
import type { FeedTally, MarketEvent } from "./feeds/quote.ts";
import { type Replay, replayFeed } from "./feeds/replay-feed.ts";
import { simulatedFeed } from "./feeds/simulated-feed.ts";
import { seededRandom } from "./random.ts";
import { HELP, type Settings, settingsFrom } from "./settings.ts";
import { DEFAULT_STRATEGY } from "./strategy.ts";

/** How often the bot says how it stands, milliseconds. */
const STATUS_EVERY_MS = 5000;

async function main(settings: Settings): Promise<void> {
  const { replay, seed, speed } = settings;
  const stop = new AbortController();
  let ended: Promise<void> | undefined;
  const disarm = exitOnSignal(async () => {
    stop.abort();
    await ended;
  });
  const market = await openMarket(replay, seed);
  const env = settings.port === undefined ? process.env : { ...process.env, METRICS_PORT: settings.port };
  const monitoring = await initMetrics(settings.config, { env });
  const { log, guard, link } = monitoring;
  const clock = speed === "max" ? simulatedClock(market.startMs) : scaledClock(market.startMs, speed);
  const bot = new ArbitrageBot({
    symbol: market.pair,
    strategy: DEFAULT_STRATEGY,
    recorder: monitoring,
    log,
    clock,
    random: seededRandom(seed),
    guard: link === undefined ? undefined : guard,
  });
  guard.onPause(() => bot.onPause());
  if (market.replay !== undefined) tellSimulated(market.replay, log);

  const status = setInterval(
    () => say(`${new Date(clock.now()).toISOString().slice(0, 19)}Z  ${standing(bot)}${pauseOf(monitoring)}\n`),
    STATUS_EVERY_MS,
  );
  const { durationMs } = settings;
  const end = durationMs === undefined || speed === "max" ? undefined : setTimeout(() => stop.abort(), durationMs);
  // Where time is simulated, so is the end: what is done until then does not depend on how fast the machine is.
  const endMs = speed === "max" ? market.startMs + (durationMs ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  // However it comes to its end, this is what is done then, once.
  ended = bot.run(until(endMs, market.events), stop.signal).finally(async () => {
    clearInterval(status);
    clearTimeout(end);
    tellEnd(bot, market.replay?.tally, log);
    await monitoring.stop();
    say(`Done: ${standing(bot)}\n`);
  });
  // Said once it can be stopped: whoever reads this may press Ctrl-C at once.
  say(`${market.about}\nMetrics: ${monitoring.url ?? "switched off"}\n`);
  if (link !== undefined) say("No order is sent without a lease of Haltwatch.\n");
  await ended;
  disarm();
}

interface Market {
  readonly events: AsyncGenerator<MarketEvent>;
  readonly pair: string;
  readonly startMs: number;
  readonly about: string;
  /** Where it is recorded, not simulated. */
  readonly replay?: Replay;
}

async function openMarket(files: readonly string[], seed: number): Promise<Market> {
  // The market's randomness and the bot's own are apart: another strategy meets the same market.
  const random = seededRandom(seed ^ 0x5eed);
  if (files.length === 0) {
    const startMs = Date.now();
    const about = `Trading on a simulated market (seed ${seed}).`;
    return { events: simulatedFeed(random, startMs), pair: "ETHUSD", startMs, about };
  }
  const replay = await replayFeed(files, random);
  const { events, pair, startMs, plays } = replay;
  const from = new Date(startMs).toISOString().slice(0, 19).replace("T", " ");
  const { cex = "simulated", dex = "simulated" } = plays;
  const about = `Replaying recorded quotes of ${pair} from ${from} UTC. CEX: ${cex}. DEX: ${dex}.`;
  return { events, pair, startMs, about, replay };
}

/** Half of such a market is made up, and so is what the bot earns on it. */
function tellSimulated({ plays }: Replay, log: JsonLog): void {
  for (const venue of ["cex", "dex"] as const) {
    if (plays[venue] !== undefined) continue;
    const around = plays[venue === "cex" ? "dex" : "cex"];
    log.warn("venue_simulated", { venue, around, message: "the recording holds one venue: the other is made up" });
  }
}

function tellEnd(bot: ArbitrageBot, feed: FeedTally | undefined, log: JsonLog): void {
  log.info("bot_ended", { ...summaryOf(bot), ...(feed === undefined ? {} : { feed: { ...feed } }) });
  if (feed !== undefined && feed.torn + feed.outOfOrder > 0)
    log.warn("recording_flawed", { torn_files: feed.torn, quotes_out_of_order: feed.outOfOrder });
  if (bot.unhedgedBase !== 0) log.warn("ended_unhedged", { base: bot.unhedgedBase });
}

function standing({ tally, price }: ArbitrageBot): string {
  const { orders, failed, volumeQuote, opportunities } = tally;
  const profit = tally.profitQuote(price ?? 0);
  return (
    `opportunities ${opportunities}, orders ${orders.cex + orders.dex} (failed ${failed.cex + failed.dex}), ` +
    `volume ${Math.round(volumeQuote.cex + volumeQuote.dex).toLocaleString("en")} USD, P&L ${profit < 0 ? "−" : "+"}${Math.abs(profit).toFixed(2)} USD`
  );
}

/** What keeps it from trading, if anything does. */
function pauseOf({ guard, link }: Monitoring): string {
  const cause = link === undefined ? undefined : guard.cause();
  return cause === undefined ? "" : ` — ${cause.state}: ${cause.reason}`;
}

function say(text: string): void {
  process.stdout.write(text);
}

try {
  const settings = settingsFrom(process.argv.slice(2));
  if (settings === "help") say(HELP);
  else await main(settings);
} catch (error) {
  process.stderr.write(`arbitrage-bot: ${errorLine(error)}\n`);
  process.exitCode = error instanceof HaltwatchError ? 2 : 1;
}
