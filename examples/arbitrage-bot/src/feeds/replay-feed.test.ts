import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import type { HaltwatchError } from "@haltwatch/bot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { all } from "../testing/quotes.ts";
import { replayFeed } from "./replay-feed.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "haltwatch-replay-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

async function replay(...files: string[]) {
  const feed = await replayFeed(files, seededRandom(1));
  const events = await all(feed.events);
  return { ...feed, events, quotes: events.filter((event) => event.kind === "price") };
}

function bookTicker(ms: number, bid: number, symbol = "ETHUSDT"): string {
  const data = `{"s":"${symbol}","b":"${bid}","B":"1","a":"${bid + 1}","A":"1"}`;
  return `${1_700_000_000_000 + ms}000000 {"stream":"${symbol.toLowerCase()}@bookTicker","data":${data}}\n`;
}

const TRADE = '1700000000000000000 {"stream":"ethusdt@trade","data":{"s":"ETHUSDT"}}\n';

test("two files are merged by time, the first as CEX, the second as DEX, whatever they are compressed with", async () => {
  const spot = file("a", gzipSync(bookTicker(0, 100) + TRADE + bookTicker(20, 101)));
  const futures = file("b", zstdCompressSync(bookTicker(10, 200) + bookTicker(30, 201)));

  const { quotes, startMs, tally } = await replay(spot, futures);

  expect(quotes.map(({ venue, timeMs, bid }) => [venue, timeMs - startMs, bid])).toEqual([
    ["cex", 0, 100],
    ["dex", 10, 200],
    ["cex", 20, 101],
    ["dex", 30, 201],
  ]);
  expect(tally).toEqual({ quotes: 4, skipped: 1, outOfOrder: 0, torn: 0 });
});

test("a late line is taken at the time of the one before it, and counted", async () => {
  const spot = file("a", bookTicker(50, 100) + bookTicker(40, 101));

  const { quotes, startMs, tally } = await replay(spot, file("b", bookTicker(60, 200)));

  expect(quotes.map(({ timeMs }) => timeMs - startMs)).toEqual([0, 0, 10]);
  expect(tally.outOfOrder).toBe(1);
});

test("of one file with one instrument, the other side is made up around it", async () => {
  const { quotes, plays } = await replay(file("a", bookTicker(0, 100) + bookTicker(10, 101)));

  expect(plays).toEqual({ cex: "spot/ETHUSDT", dex: undefined });
  expect(quotes.map(({ venue }) => venue)).toEqual(["cex", "dex", "cex", "dex"]);
});

test("of one file with two instruments of the pair, each plays a venue, though one is written behind the other", async () => {
  const linear =
    bookTicker(0, 100).replace('"s"', '"e":"bookTicker","s"') +
    bookTicker(20, 101).replace('"s"', '"e":"bookTicker","s"');

  const { quotes, plays, pair, tally } = await replay(
    file("a", linear + bookTicker(10, 200) + bookTicker(5, 1, "BTCUSDT")),
  );

  expect({ pair, plays }).toEqual({ pair: "ETHUSD", plays: { cex: "futures/ETHUSDT", dex: "spot/ETHUSDT" } });
  expect(quotes.map(({ bid }) => bid)).toEqual([100, 200, 101]);
  expect(tally.outOfOrder).toBe(0);
});

test("another pair is traded where the recordings hold no ether", async () => {
  const { pair, plays } = await replay(file("a", bookTicker(0, 1, "BTCUSDT")), file("b", bookTicker(0, 2, "BTCUSDC")));

  expect({ pair, plays }).toEqual({ pair: "BTCUSD", plays: { cex: "spot/BTCUSDT", dex: "spot/BTCUSDC" } });
});

test("more than two files: those of the first one's market go on where it ends, whatever their order", async () => {
  const uniswap = (day: number) => file(`u${day}`, `timestamp,closeTick\n2025-07-0${day} 00:00:00,198133\n`);
  const gmx = (day: number) => file(`g${day}`, `timestamp,indexPrice\n2025-07-0${day} 00:00:30,2486.5\n`);
  const gas = file("gas", "block_timestamp,gas_price\n2025-07-01 12:00:00,30\n");

  const { events, plays } = await replay(uniswap(2), gas, gmx(1), uniswap(1), gmx(2));

  expect(plays).toEqual({ cex: "uniswap-v3/ETHUSDC", dex: "gmx-v2/ETHUSD" });
  expect(events.map((event) => (event.kind === "gas" ? "gas" : event.venue))).toEqual([
    "cex",
    "dex",
    "gas",
    "cex",
    "dex",
  ]);
});

test("a last line that was cut off is passed over; one in the middle is an error with its place", async () => {
  const torn = bookTicker(0, 100) + bookTicker(10, 101).slice(0, 60);
  const { quotes, tally } = await replay(file("a", torn));
  expect([quotes.length, tally.torn]).toEqual([2, 1]);

  const error: HaltwatchError = await replay(file("b", `${torn}\n${bookTicker(20, 100)}`)).then(
    () => expect.fail("read"),
    (caught) => caught,
  );
  expect(error.oneLine()).toMatch(/b:2: this line cannot be read: .* Give a recording as it was collected/);
});

test("Uniswap's tick is a price, GMX's index price is one, and an empty cell is a minute without a trade", async () => {
  const uniswap = file(
    "u",
    "timestamp,netAmount0,closeTick,openTick\n2025-07-01 00:00:00,1,198133.0,1\n2025-07-01 00:01:00,1,,1\n",
  );
  const gmx = file("g", "timestamp,longPrice,indexPrice,x\n2025-07-01 00:00:30,1,2486.5,1\n");

  const { quotes } = await replay(uniswap, gmx);

  expect(
    quotes.map(({ venue, bid, timeMs }) => [venue, Math.round(bid * 100) / 100, new Date(timeMs).toISOString()]),
  ).toEqual([
    ["cex", Math.round((1e12 / 1.0001 ** 198_133) * 100) / 100, "2025-07-01T00:00:00.000Z"],
    ["dex", 2486.5, "2025-07-01T00:00:30.000Z"],
  ]);
});

test.each([
  ["nothing", "", /this file is empty/],
  ["another kind", "a,b\n1,2\n", /not a recording of a known kind \(Binance/],
  ["no pair", bookTicker(0, 1, "NONSENSE"), /there is no price of a pair in these Binance websocket lines/],
  ["gas alone", "block_timestamp,gas_price\n2025-07-01 12:00:00,30\n", /hold gas prices and none of a market/],
  ["a price of 0", bookTicker(0, 0) + bookTicker(1, 1), /"0" is not a price/],
])("a file with %s is one clear error", async (_, content, message) => {
  const error: HaltwatchError = await replay(file("a", content)).then(
    () => expect.fail("read"),
    (caught) => caught,
  );

  expect(error.oneLine()).toMatch(message);
});

test("recordings without a pair in common, or of three venues, are one clear error", async () => {
  const [ether, bitcoin] = [file("e", bookTicker(0, 1)), file("b", bookTicker(0, 1, "BTCUSDT"))];
  const uniswap = file("u", "timestamp,closeTick\n2025-07-01 00:00:00,198133\n");
  const gmx = file("g", "timestamp,indexPrice\n2025-07-01 00:00:30,2486.5\n");

  await expect(replay(ether, bitcoin)).rejects.toThrow("no pair in common: spot/ETHUSDT; spot/BTCUSDT");
  await expect(replay(ether, uniswap, gmx)).rejects.toThrow("of uniswap-v3/ETHUSDC and gmx-v2/ETHUSD");
});

test("a file that is not there is one clear error", async () => {
  await expect(replay(join(dir, "none"))).rejects.toMatchObject({
    code: "UNREADABLE_RECORDING",
    file: join(dir, "none"),
  });
});
