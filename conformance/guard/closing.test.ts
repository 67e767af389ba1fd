/**
 * What a pause leaves to be done: in REDUCING what is open is closed and nothing is opened, in HALTED neither. The example bot on
 * the real link with a real Haltwatch, on a market of the test's.
 */
import { ArbitrageMetrics, type PauseReport, Registry, startLink } from "@haltwatch/bot";
import { expect, test } from "vitest";
import { ArbitrageBot } from "../../examples/arbitrage-bot/src/bot.ts";
import { simulatedClock } from "../../examples/arbitrage-bot/src/clock.ts";
import type { Quote } from "../../examples/arbitrage-bot/src/feeds/quote.ts";
import { DEFAULT_STRATEGY } from "../../examples/arbitrage-bot/src/strategy.ts";
import { quoteAt, START_MS } from "../../examples/arbitrage-bot/src/testing/quotes.ts";
import { type HaltwatchProcess, RealHaltwatch } from "../real-haltwatch.ts";

const TIMEOUT = { timeout: 60_000 };

const BOT = "example";
const TOKEN = "closing-control-token";
const TOML = `[web]\ncontrol_token = "env:HALTWATCH_CONTROL_TOKEN"\n`;

/** Of the base currency, at a price of 100: one leg of the strategy. */
const LEG = DEFAULT_STRATEGY.orderQuote / 100;

const STRATEGY_SCOPE = `strategy:${DEFAULT_STRATEGY.name}`;

test(
  "F7 one leg of an arbitrage is unfilled: HALTED leaves it and says so, REDUCING evens it out",
  TIMEOUT,
  async () => {
    await using haltwatch = new RealHaltwatch({ "haltwatch.toml": TOML }, { HALTWATCH_CONTROL_TOKEN: TOKEN });
    const process = await haltwatch.start();
    await using trading = await Trading.start(process.url);
    await trading.quotes(quoteAt("cex", 0, 110), quoteAt("dex", 1, 100), quoteAt("dex", 2, 100));
    expect(trading.bot.ordersUnderWay).toBe(2);

    await ask(process, "pause", { scope: `bot:${BOT}`, state: "HALTED" });
    await trading.until(() => !trading.guard.allowed("close"));

    // The order on the exchange is taken back; the swap is in the chain's hands, and fills.
    expect(trading.reports).toMatchObject([
      { cancelled: 1, failed: 0, leftOpen: 1, note: "left open: 1 swap on the way to a block" },
    ]);
    await process.until("Haltwatch has the report", async () =>
      process.logged("pause_report").some(({ stage, leftOpen }) => stage === "done" && leftOpen === 1)
        ? true
        : undefined,
    );
    await trading.quotes(quoteAt("cex", 400, 110), quoteAt("dex", 401, 100), quoteAt("dex", 402, 100));
    expect(trading.bot.tally).toMatchObject({ orders: { cex: 1, dex: 1 }, hedges: 0 });
    expect(trading.bot.unhedgedBase).toBeCloseTo(LEG, 6);

    await ask(process, "pause", { scope: STRATEGY_SCOPE, state: "REDUCING" });
    await ask(process, "arm", { scope: `bot:${BOT}` });
    await trading.until(() => trading.guard.allowed("close"));
    expect(trading.guard.allowed("open", { strategy: DEFAULT_STRATEGY.name })).toBe(false);
    expect(trading.reports[1]).toMatchObject({
      cancelled: 0,
      leftOpen: 0,
      note: "left open: 10.0000 ETHUSD long, unhedged",
    });

    await trading.quotes(quoteAt("cex", 3_000, 110), quoteAt("dex", 3_001, 100), ...opportunities(4_000));
    expect(trading.bot.unhedgedBase).toBe(0);
    expect(trading.bot.tally).toMatchObject({ orders: { cex: 2, dex: 1 }, hedges: 1 });
    expect(trading.bot.tally.refusals.not_allowed).toBeGreaterThan(0);
  },
);

test("F7 a position that loses money: HALTED leaves it, REDUCING closes it, and opens none", TIMEOUT, async () => {
  await using haltwatch = new RealHaltwatch({ "haltwatch.toml": TOML }, { HALTWATCH_CONTROL_TOKEN: TOKEN });
  const process = await haltwatch.start();
  await using trading = await Trading.start(process.url);
  // The exchange's price goes away under its leg, and both quotes are stale when the other one has filled: nothing to hedge with.
  const stale = { staleAfterMs: 100 };
  await trading.quotes(quoteAt("cex", 0, 110, stale), quoteAt("dex", 1, 100, stale), quoteAt("cex", 10, 100, stale));
  await trading.quotes(quoteAt("cex", 60, 100, stale));
  await ask(process, "pause", { scope: STRATEGY_SCOPE, state: "HALTED" });
  await trading.until(() => !trading.guard.allowed("close"));

  await trading.quotes(quoteAt("cex", 400, 90), quoteAt("dex", 401, 90), quoteAt("dex", 402, 90));
  expect(trading.profit).toBeLessThan(-90);
  await trading.quotes(...opportunities(2_000, 90), quoteAt("cex", 15_000, 90), quoteAt("dex", 15_001, 90));
  expect(trading.bot.unhedgedBase).toBeCloseTo(LEG, 6);
  expect(trading.bot.tally).toMatchObject({ orders: { cex: 1, dex: 1 }, hedges: 0 });

  await ask(process, "arm", { scope: STRATEGY_SCOPE });
  await ask(process, "pause", { scope: STRATEGY_SCOPE, state: "REDUCING" });
  await trading.until(() => trading.guard.allowed("close") && !trading.guard.allowed("open"));
  await trading.quotes(quoteAt("cex", 20_000, 90), ...opportunities(21_000, 90));
  expect(trading.bot.unhedgedBase).toBe(0);
  expect(trading.bot.tally).toMatchObject({ orders: { cex: 2, dex: 1 }, hedges: 1 });
  expect(trading.bot.tally.refusals.not_allowed).toBeGreaterThan(0);
  expect(trading.profit).toBeLessThan(-90); // the loss is taken, and grows no more
});

/** The exchange's price well above the chain's, for some seconds. */
function opportunities(afterMs: number, price = 100): Quote[] {
  return Array.from({ length: 5 }, (_, i) => [
    quoteAt("cex", afterMs + 1_100 * i, 1.1 * price),
    quoteAt("dex", afterMs + 1_100 * i + 1, price),
  ]).flat();
}

/** The example bot with a link of its own. It trades on quotes that it is handed, in their time. */
class Trading implements AsyncDisposable {
  readonly bot: ArbitrageBot;
  readonly reports: PauseReport[] = [];
  readonly #link: ReturnType<typeof startLink>;
  readonly #market = new Market();
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  static async start(url: string): Promise<Trading> {
    const trading = new Trading(url);
    await trading.#link.ready;
    return trading;
  }

  private constructor(url: string) {
    const registry = new Registry();
    this.#link = startLink({ url, bot: BOT, registry });
    const silent = (): void => undefined;
    this.bot = new ArbitrageBot({
      symbol: "ETHUSD",
      strategy: DEFAULT_STRATEGY,
      recorder: new ArbitrageMetrics(registry),
      log: { debug: silent, info: silent, warn: silent },
      clock: simulatedClock(START_MS),
      random: { next: () => 0.99, normal: () => 0 }, // orders fill, whole, if their price is there
      guard: this.guard,
    });
    this.guard.onPause(() => {
      const report = this.bot.onPause();
      this.reports.push(report);
      return report;
    });
    this.#ended = this.bot.run(this.#market.quotes(), this.#stop.signal);
  }

  get guard() {
    return this.#link.guard;
  }

  get profit(): number {
    return this.bot.tally.profitQuote(this.bot.price ?? Number.NaN);
  }

  /** Hands the bot quotes, and waits until it has dealt with all but the last. */
  async quotes(...quotes: readonly Quote[]): Promise<void> {
    this.#market.add(quotes);
    await this.until(() => this.#market.isEmpty);
    await new Promise((resolve) => setTimeout(resolve, 20)); // the bot lets the event loop breathe now and then
  }

  async until(isSo: () => boolean): Promise<void> {
    await expect.poll(isSo, { timeout: 10_000, interval: 5 }).toBe(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#market.end();
    await this.#ended;
    await this.#link.stop();
  }
}

/** A market that goes on when the test says so. */
class Market {
  #waiting: Quote[] = [];
  #isOver = false;
  #tell: () => void = () => undefined;

  add(quotes: readonly Quote[]): void {
    this.#waiting.push(...quotes);
    this.#tell();
  }

  end(): void {
    this.#isOver = true;
    this.#tell();
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  async *quotes(): AsyncGenerator<Quote> {
    while (!this.#isOver) {
      const next = this.#waiting.shift();
      if (next !== undefined) yield next;
      else
        await new Promise<void>((resolve) => {
          this.#tell = resolve;
        });
    }
  }
}

async function ask({ url }: HaltwatchProcess, deed: "pause" | "arm", body: object): Promise<void> {
  const answer = await fetch(`${url}/api/haltwatch/${deed}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" },
    body: JSON.stringify({ ...body, reason: "the test", by: "the test" }),
  });
  expect(await answer.json()).toMatchObject({ status: "success" });
}
