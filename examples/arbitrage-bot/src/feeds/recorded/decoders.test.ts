import { expect, test } from "vitest";
import { all } from "../../testing/quotes.ts";
import { testOnRecordings } from "../../testing/recorded-inputs.ts";
import { pairOf } from "../pair.ts";
import { binanceLines } from "./binance-lines.ts";
import { cryptofeedFrames } from "./cryptofeed-frames.ts";
import type { Format, Recorded } from "./decoder.ts";
import { gasPrices } from "./gas-prices.ts";
import { gmxMinutes } from "./gmx-minutes.ts";
import { formatOf, recordedFile } from "./recorded-file.ts";
import { swapTransactions } from "./swap-transactions.ts";
import { uniswapMinutes } from "./uniswap-minutes.ts";

function decoded(format: Format, ...lines: readonly string[]): (Recorded | undefined)[] {
  expect(format.recognises(lines[0] ?? "")).toBe(true);
  const decoder = format.decoder();
  return lines.map((line) => decoder.decode(line));
}

const prices = (recorded: readonly (Recorded | undefined)[]) => recorded.filter((one) => one?.kind === "price");

test("Binance: spot frames tell no time of theirs, futures frames do; trades and answers are skipped", () => {
  const lines = decoded(
    binanceLines,
    '1723161254024619568 {"stream":"ethusdt@bookTicker","data":{"u":1,"s":"ETHUSDT","b":"2683.80","B":"3.02","a":"2683.81","A":"31.4"}}',
    '1723161255088165267 {"stream":"ethusdt@bookTicker","data":{"e":"bookTicker","s":"ETHUSDT","b":"2681.62","B":"1","a":"2681.63","A":"73","E":1723161256311}}',
    '1723161255088165268 {"stream":"ethusdt@trade","data":{"e":"trade","s":"ETHUSDT","p":"2681.63"}}',
    '1723161255088165269 {"result":null,"id":1}',
  );

  expect(lines[0]).toMatchObject({
    instrument: "spot/ETHUSDT",
    timeMs: 1723161254024.6196,
    bid: 2683.8,
    askSize: 31.4,
  });
  expect(lines[0]).toHaveProperty("exchangeTimeMs", undefined);
  expect(lines[1]).toMatchObject({ instrument: "futures/ETHUSDT", exchangeTimeMs: 1723161256311, ask: 2681.63 });
  expect(lines.slice(2)).toEqual([undefined, undefined]);
});

test("Uniswap: the price is 1e12 / 1.0001^tick, whichever token comes first; a minute without a tick has none", () => {
  const header = "timestamp,netAmount0,closeTick,openTick";

  const [, first, turned, none] = decoded(
    uniswapMinutes,
    header,
    "2025-07-01 00:00:00,1,198133.0,1",
    "2025-07-01 00:01:00,1,-198133,1",
    "2025-07-01 00:02:00,1,,1",
  );

  expect(first).toMatchObject({ timeMs: Date.UTC(2025, 6, 1), bid: 1e12 / 1.0001 ** 198_133, feeBps: 5 });
  expect(turned).toMatchObject({ ask: 1e12 / 1.0001 ** 198_133 });
  expect(none).toBeUndefined();
});

test("GMX and gas: their column is found by its name, times may name their zone", () => {
  expect(decoded(gmxMinutes, "timestamp,longPrice,indexPrice", "2025-07-01 00:01:00,1,2486.5")[1]).toMatchObject({
    bid: 2486.5,
    ask: 2486.5,
  });
  expect(decoded(gasPrices, "block_timestamp,gas_price", "2023-08-14T02:00:00+02:00,53.1")[1]).toEqual({
    kind: "gas",
    timeMs: Date.UTC(2023, 7, 14),
    gwei: 53.1,
  });
});

test("labelled transactions: dollars for a coin, whichever way; several swaps in one are no price", () => {
  const header =
    "block_time,tx_index,token_bought_amount,token_sold_amount,token_bought_symbol,token_sold_symbol,multi_trade";
  const time = "2023-08-08 17:13:59.000 UTC,7";

  const [, ...rows] = decoded(
    swapTransactions,
    header,
    `${time},10,18500,ETH,USDC,0`,
    `${time},18500,10,USDT,WETH,0`,
    `${time},18500,10,USDT,ETH,1`,
    `${time},1000,1,PEPE,ETH,0`,
    `${time},10,10,USDC,USDT,0`,
    `${time},10,10,LINK,UNI,0`,
  );

  expect(prices(rows).map(({ instrument, bid }) => [pairOf(instrument), bid])).toEqual([
    ["ETHUSD", 1850],
    ["ETHUSD", 1850],
    ["PEPEETH", 0.001],
  ]);
  expect(rows[0]?.timeMs).toBe(Date.UTC(2023, 7, 8, 17, 13, 59) + 0.007);
});

const HEADER = '{"t":"header","format":2,"exchange":"X"}';
const received = (data: object | string): string =>
  JSON.stringify({ t: "recv", conn: "ws", ts: 1.5, data: typeof data === "string" ? data : JSON.stringify(data) });

test("Bybit: a snapshot and its changes are a book; the market is the connection's; a new connection knows nothing", () => {
  const connect = '{"t":"connect","conn":"ws","ts":1,"addr":"wss://x/v5/public/spot"}';
  const book = (type: string, b: string[][], a: string[][]) =>
    received({ topic: "orderbook.200.ETHUSDT", type, ts: 1400, data: { s: "ETHUSDT", b, a } });

  const lines = decoded(
    cryptofeedFrames,
    HEADER,
    connect,
    book(
      "snapshot",
      [
        ["99", "1"],
        ["98", "2"],
      ],
      [["101", "3"]],
    ),
    book("delta", [["99", "0"]], [["100", "4"]]),
    connect,
    book("delta", [["97", "1"]], []),
  );

  expect(lines[2]).toMatchObject({ instrument: "spot/ETHUSDT", timeMs: 1500, exchangeTimeMs: 1400, bid: 99, ask: 101 });
  expect(lines[3]).toMatchObject({ bid: 98, bidSize: 2, ask: 100, askSize: 4 });
  expect(lines[5]).toBeUndefined();
});

test("Gemini: changes of both sides; frames that nobody knows are skipped, whatever is in them", () => {
  const lines = decoded(
    cryptofeedFrames,
    HEADER,
    received({
      type: "l2_updates",
      symbol: "ETHUSD",
      changes: [
        ["buy", "99", "1"],
        ["sell", "100", "2"],
      ],
    }),
    received("pong"),
    received("[1,2]"),
    received("null"),
    received({ type: "candles" }),
    '{"t":"close"}',
  );

  expect(lines[1]).toMatchObject({ instrument: "gemini/ETHUSD", bid: 99, bidSize: 1, ask: 100, askSize: 2 });
  expect(lines.slice(2)).toEqual(Array.from({ length: 5 }, () => undefined));
});

test.each([
  [
    binanceLines,
    ['1723161254024619568 {"stream":"x@bookTicker","data":{"s":"X","b":"0","a":"1"}}'],
    /"0" is not a price/,
  ],
  [binanceLines, ["1723161254024619568 {}", "hello"], /does not begin with a time/],
  [uniswapMinutes, ["timestamp,closeTick", "2025-07-01 00:00:00,x"], /"x" is not a tick/],
  [uniswapMinutes, ["timestamp,closeTick", "soon,198133"], /"soon" is not a time/],
  [uniswapMinutes, ["timestamp,closeTick", "2025-07-01 00:00:00"], /it has 1 cells, and the header 2/],
  [gmxMinutes, ["timestamp,indexPrice", "2025-07-01 00:00:00,-1"], /"-1" is not a price/],
])("%o says what is wrong with a line", (format, lines, message) => {
  expect(() => decoded(format, ...lines)).toThrow(message);
});

/** File, kind, how many prices of ether, lowest and highest. */
const RECORDINGS = [
  ["hftbacktest/spot_ethusdt_20240808.gz", binanceLines, 24_077, 2679, 2685],
  ["hftbacktest/usdm_ethusdt_20240808.bookTicker-trade.gz", binanceLines, 53_992, 2677, 2684],
  ["demeter/uniswapv3-polygon-weth-usdc-2023-08-13.minute.csv.gz", uniswapMinutes, 1440, 1834, 1859],
  ["demeter/uniswapv3-polygon-weth-usdc-2023-08-17.minute.csv.gz", uniswapMinutes, 1440, 1595, 1807],
  ["demeter/uniswapv3-polygon-weth-usdc-2025-07-01.minute.csv.gz", uniswapMinutes, 1439, 2391, 2499],
  ["demeter/uniswapv3-polygon-weth-usdc-2025-07-02.minute.csv.gz", uniswapMinutes, 1440, 2382, 2616],
  ["demeter/gmxv2-arbitrum-eth-usdc-2025-07-01.minute.csv.gz", gmxMinutes, 1440, 2390, 2499],
  ["demeter/gmxv2-arbitrum-eth-usdc-2025-07-02.minute.csv.gz", gmxMinutes, 1440, 2381, 2616],
  ["cexdex/cexdex_data_sample_20230808.csv.gz", swapTransactions, 1050, 1824, 1872],
  ["cryptofeed/BYBIT.jsonl.zst", cryptofeedFrames, 671, 1922, 1923],
  ["cryptofeed/GEMINI.jsonl.zst", cryptofeedFrames, 288, 1924, 1926],
] as const;

for (const [name, format, count, lowest, highest] of RECORDINGS) {
  testOnRecordings(`${name} is known by its content, and holds the prices of its day`, [name], async ([file = ""]) => {
    const lines = await all(recordedFile(file));
    const ether = prices(lines.map((line) => (typeof line === "string" ? undefined : line))).filter(
      ({ instrument }) => pairOf(instrument) === "ETHUSD",
    );
    const bids = ether.map(({ bid }) => bid);

    expect(await formatOf(file)).toBe(format);
    expect([ether.length, Math.floor(Math.min(...bids)), Math.floor(Math.max(...bids))]).toEqual([
      count,
      lowest,
      highest,
    ]);
    expect(ether.every(({ bid, ask }) => bid <= ask)).toBe(true);
  });
}

testOnRecordings("gas prices, a minute each", ["demeter/gas_price-2023-08-14_17.csv.gz"], async ([file = ""]) => {
  const lines = await all(recordedFile(file));

  expect(lines.filter((line) => typeof line !== "string" && line.kind === "gas")).toHaveLength(5760);
});
