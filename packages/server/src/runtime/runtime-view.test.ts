import { RUNTIME_METRICS } from "@haltwatch/bot";
import { Labels, METRIC_NAME, Store } from "@haltwatch/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SettingValue } from "../config/thresholds.ts";
import { type RuntimeState, runtimeState } from "./runtime-view.ts";

const NOW_MS = 1_700_000_000_000;
const SECOND = 1000;

let store: Store;

beforeEach(() => {
  store = new Store({ path: ":memory:", now: () => NOW_MS, commitIntervalMs: 0 });
});
afterEach(() => store.close());

function sample(
  metric: keyof typeof RUNTIME_METRICS,
  labels: Readonly<Record<string, string>>,
  value: number,
  agoMs = SECOND,
): void {
  const { name } = RUNTIME_METRICS[metric];
  store.append(store.series(Labels.from({ ...labels, [METRIC_NAME]: name })), NOW_MS - agoMs, value);
}

function state(bankSource?: string): RuntimeState {
  const origin = { source: "bot file", where: "config/risk.yml:1:1" } as const;
  const settings: SettingValue[] =
    bankSource === undefined ? [] : [{ name: "risk.bank_source", value: bankSource, help: "", origin }];
  return runtimeState(store, { hash: "abc", settings }, NOW_MS);
}

test("C2 the orchestrator reads gas, sequencer, wallets, bank and the configuration's hash, whoever wrote their series", () => {
  sample("gasPrice", { chain: "arbitrum", job: "probe" }, 0.1);
  sample("sequencerUp", { chain: "arbitrum" }, 1);
  sample("sequencerSince", { chain: "arbitrum" }, NOW_MS / 1000 - 7200);
  sample("headAge", { chain: "arbitrum" }, 3);
  sample("walletBalance", { wallet: "sx", token: "USDC", job: "betting" }, 90, 20 * SECOND);
  sample("walletBalance", { wallet: "sx", token: "USDC", job: "probe" }, 80, 2 * SECOND);
  sample("walletBalance", { wallet: "azuro", token: "USDC", job: "probe" }, 50);

  expect(state("all")).toMatchObject({
    configHash: "abc",
    gasPrices: [{ chain: "arbitrum", gwei: 0.1 }],
    sequencers: [{ chain: "arbitrum", state: "up", headAgeSeconds: 3 }],
    bank: { usd: 130, source: "all" },
  });
  expect(new Map(state().wallets.map(({ wallet, usd }) => [wallet, usd]))).toEqual(
    new Map([
      ["sx", 80],
      ["azuro", 50],
    ]),
  );
  expect(state("wallet:azuro").bank).toEqual({ usd: 50, source: "wallet:azuro" });
  expect(state("1000").bank).toEqual({ usd: 1000, source: "1000" });
});

test("C2 a sequencer that nobody has looked at for 100 s is unknown, one that just came up is recovering", () => {
  sample("sequencerUp", { chain: "sx" }, 1, 101 * SECOND);
  sample("sequencerUp", { chain: "arbitrum" }, 1);
  sample("sequencerSince", { chain: "arbitrum" }, NOW_MS / 1000 - 60);

  const byChain = new Map(state().sequencers.map((one) => [one.chain, one.state]));

  expect(byChain).toEqual(
    new Map([
      ["sx", "unknown"],
      ["arbitrum", "recovering"],
    ]),
  );
});

test("C2 nothing known is said as such: no bank, no sequencer, and a wallet that has ended is gone", () => {
  sample("walletBalance", { wallet: "sx", token: "USDC" }, 90, 10 * SECOND);
  const ended = Labels.from({ wallet: "sx", token: "USDC", [METRIC_NAME]: RUNTIME_METRICS.walletBalance.name });
  store.appendStale(store.series(ended), NOW_MS - SECOND);

  expect(state("all")).toMatchObject({ gasPrices: [], sequencers: [], wallets: [], bank: null });
});
