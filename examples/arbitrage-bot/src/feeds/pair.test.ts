import { expect, test } from "vitest";
import { pairOf } from "./pair.ts";

test.each([
  ["spot/ETHUSDT", "ETHUSD"],
  ["linear/ETHUSDT", "ETHUSD"],
  ["gemini/ETHUSDCPERP", "ETHUSD"],
  ["ETHUSD", "ETHUSD"],
  ["WETH-USDC", "ETHUSD"],
  ["ETH-USDT-SWAP", "ETHUSD"],
  ["ETHUSDT_240927", "ETHUSD"],
  ["xbtusd", "BTCUSD"],
  ["BNBUSD", "BNBUSD"],
  ["ETHBTC", "ETHBTC"],
  ["1000PEPEUSDT", "1000PEPEUSD"],
  ["BTCEUR", "BTCEUR"],
  ["USDT", undefined],
  ["nonsense", undefined],
])("%s is %s", (instrument, pair) => {
  expect(pairOf(instrument)).toBe(pair);
});
