/** The example bot: reads its arguments, makes the parts, trades until it is told to stop. */
import { parseArgs } from "node:util";
import { ConfigError, errorLine, exitOnSignal, HaltwatchError, initMetrics } from "@haltwatch/bot";
import { ArbitrageBot } from "./bot.ts";
import { scaledClock, simulatedClock } from "./clock.ts";
import type { Quote } from "./feeds/quote.ts";
import { replayFeed } from "./feeds/replay-feed.ts";
import { simulatedFeed } from "./feeds/simulated-feed.ts";
import { seededRandom } from "./random.ts";
import { DEFAULT_STRATEGY } from "./strategy.ts";

const HELP = `A small arbitrage bot that trades on paper between two venues.

  node src/main.ts                     on a simulated market
  node src/main.ts --replay FILE…      on recorded market data: the first file plays the CEX, the second the DEX

  --seed N           the same seed makes the same market and the same orders (default 1)
  --speed N|max      how fast market time passes (default 1; max: as fast as the machine goes)
  --duration SECONDS end by itself after this long, on the wall clock
  --config FILE      how it is monitored (default config/monitoring.toml beside this bot)
  --port N           port to serve metrics on
  --help
`;

/** How often the bot says how it stands, milliseconds. */
const STATUS_EVERY_MS = 5000;

interface Settings {
  readonly replay: readonly string[];
  readonly seed: number;
  readonly speed: number | "max";
  readonly durationMs: number | undefined;
  readonly config: string;
  readonly port: string | undefined;
}

async function main(settings: Settings): Promise<void> {
  const { replay, seed, speed } = settings;
  const random = seededRandom(seed);
  const market = await openMarket(replay, seed);
  const env = settings.port === undefined ? process.env : { ...process.env, METRICS_PORT: settings.port };
  const monitoring = await initMetrics(settings.config, { env });
  const stop = new AbortController();
  const clock = speed === "max" ? simulatedClock(market.startMs) : scaledClock(market.startMs, speed);
  const bot = new ArbitrageBot({
    strategy: DEFAULT_STRATEGY,
    recorder: monitoring,
    log: monitoring.log,
    clock,
    random,
  });

  const status = setInterval(
    () => say(`${new Date(clock.now()).toISOString().slice(0, 19)}Z  ${standing(bot)}\n`),
    STATUS_EVERY_MS,
  );
  const end = settings.durationMs === undefined ? undefined : setTimeout(() => stop.abort(), settings.durationMs);
  const trading = bot.run(market.quotes, stop.signal);
  // However it comes to its end, this is what is done then, once.
  const ended = trading.finally(async () => {
    clearInterval(status);
    clearTimeout(end);
    await monitoring.stop();
    say(`Done: ${standing(bot)}\n`);
  });
  const disarm = exitOnSignal(() => {
    stop.abort();
    return ended;
  });
  // Said once it can be stopped: whoever reads this may press Ctrl-C at once.
  say(`${market.about}\nMetrics: ${monitoring.url ?? "switched off"}\n`);
  await ended;
  disarm();
}

interface Market {
  readonly quotes: AsyncGenerator<Quote>;
  readonly startMs: number;
  readonly about: string;
}

async function openMarket(files: readonly string[], seed: number): Promise<Market> {
  // The market's randomness and the bot's own are apart: another strategy meets the same market.
  const random = seededRandom(seed ^ 0x5eed);
  if (files.length === 0) {
    const startMs = Date.now();
    return { quotes: simulatedFeed(random, startMs), startMs, about: `Trading on a simulated market (seed ${seed}).` };
  }
  const { quotes, startMs, plays } = await replayFeed(files, random);
  const from = new Date(startMs).toISOString().slice(0, 19).replace("T", " ");
  return {
    quotes,
    startMs,
    about: `Replaying recorded quotes from ${from} UTC. CEX: ${plays.cex}. DEX: ${plays.dex}.`,
  };
}

function standing({ tally, price }: ArbitrageBot): string {
  const { orders, failed, volumeQuote, opportunities } = tally;
  const profit = tally.profitQuote(price ?? 0);
  return (
    `opportunities ${opportunities}, orders ${orders.cex + orders.dex} (failed ${failed.cex + failed.dex}), ` +
    `volume ${Math.round(volumeQuote.cex + volumeQuote.dex).toLocaleString("en")} USD, P&L ${profit < 0 ? "−" : "+"}${Math.abs(profit).toFixed(2)} USD`
  );
}

function settingsFrom(args: readonly string[]): Settings | "help" {
  const options = {
    replay: { type: "string", multiple: true },
    seed: { type: "string", default: "1" },
    speed: { type: "string", default: "1" },
    duration: { type: "string" },
    config: { type: "string" },
    port: { type: "string" },
    help: { type: "boolean" },
  } as const;
  const { values, positionals } = parse(() => parseArgs({ args: [...args], options, allowPositionals: true }));
  if (values.help === true) return "help";
  // --replay FILE FILE: what follows belongs to it.
  const replay = [...(values.replay ?? []), ...positionals];
  if (positionals.length > 0 && values.replay === undefined)
    throw wrong(`"${positionals[0]}" stands alone`, "Files follow --replay");
  return {
    replay,
    seed: whole("--seed", values.seed, 2 ** 32 - 1),
    speed: values.speed === "max" ? "max" : above0("--speed", values.speed),
    durationMs: values.duration === undefined ? undefined : above0("--duration", values.duration) * 1000,
    config: values.config ?? new URL("../config/monitoring.toml", import.meta.url).pathname,
    port: values.port === undefined ? undefined : String(whole("--port", values.port, 65_535)),
  };
}

function parse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw wrong(errorLine(error).replace(/\.? To specify.*$/, ""), "Run it with --help to see what it takes");
  }
}

function whole(option: string, text: string, most: number): number {
  if (/^\d+$/.test(text) && Number(text) <= most) return Number(text);
  throw wrong(`${option} is "${text}"`, `Give a whole number from 0 to ${most}`);
}

function above0(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw wrong(`${option} is "${text}"`, "Give a number above 0");
}

function wrong(message: string, hint: string): ConfigError {
  return new ConfigError("WRONG_USE", message, { hint });
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
