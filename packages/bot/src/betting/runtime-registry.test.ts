import { beforeEach, expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { parseBankSource } from "./bank-source.ts";
import { RuntimeRegistry } from "./runtime-registry.ts";

const SECOND = 1000;

let nowMs: number;
let registry: Registry;

beforeEach(() => {
  nowMs = 1_700_000_000_000;
  registry = new Registry();
});

function runtime(bank = "all"): RuntimeRegistry {
  const bankSource = parseBankSource(bank);
  if (bankSource === undefined) throw new Error(`no bank source: ${bank}`);
  return new RuntimeRegistry(registry, { bankSource, now: () => nowMs });
}

test("C2 everything in the runtime registry is a series as well", async () => {
  const state = runtime();
  state.setGasPrice("arbitrum", 0.1);
  state.setSequencer({ isUp: true, sinceMs: nowMs - 7_200_000, headAgeSeconds: 2, timeMs: nowMs });
  state.setBalance({ wallet: "sx", token: "USDC", usd: 120 });
  state.setConfigHash("abc");
  state.setRpc("sx", { isUp: true, latencyMs: 80, headAgeSeconds: 1.5 });
  state.setVenue("azuro", false);
  state.beat();

  const text = await registry.metrics();

  expect(text).toContain('runtime_gas_price_gwei{chain="arbitrum"} 0.1\n');
  expect(text).toContain('runtime_sequencer_up{chain="arbitrum"} 1\n');
  expect(text).toContain('runtime_head_age_seconds{chain="arbitrum"} 2\n');
  expect(text).toContain('runtime_wallet_balance_usd{wallet="sx",token="USDC"} 120\n');
  expect(text).toContain('runtime_bank_usd{source="all"} 120\n');
  expect(text).toContain('runtime_config_info{hash="abc"} 1\n');
  expect(text).toContain('runtime_rpc_up{chain="sx"} 1\n');
  expect(text).toContain('runtime_rpc_latency_ms{chain="sx"} 80\n');
  expect(text).toContain('runtime_head_age_seconds{chain="sx"} 1.5\n');
  expect(text).toContain('runtime_venue_up{venue="azuro"} 0\n');
  expect(text).toContain(`runtime_heartbeat_timestamp_seconds ${nowMs / 1000}\n`);
  expect(text).toContain(`runtime_balance_timestamp_seconds{wallet="sx"} ${nowMs / 1000}\n`);
  expect([state.gasPrice("arbitrum"), state.configHash]).toEqual([0.1, "abc"]);
});

test("C2 a new configuration hash replaces the old one", async () => {
  const state = runtime();
  state.setConfigHash("old");
  state.setConfigHash("new");

  expect((await registry.metrics()).match(/runtime_config_info\{.*/g)).toEqual(['runtime_config_info{hash="new"} 1']);
});

test("C2 a sequencer is up, down, recovering for an hour, and unknown when nobody looks", () => {
  const state = runtime();
  expect(state.sequencerHealth()).toMatchObject({ state: "unknown", ageMs: Number.POSITIVE_INFINITY });

  state.setSequencer({ isUp: false, sinceMs: nowMs - 10 * SECOND, timeMs: nowMs });
  expect(state.sequencerHealth().state).toBe("down");

  state.setSequencer({ isUp: true, sinceMs: nowMs, timeMs: nowMs });
  expect(state.sequencerHealth().state).toBe("recovering");

  nowMs += 3600 * SECOND;
  state.setSequencer({ isUp: true, sinceMs: nowMs - 3600 * SECOND, timeMs: nowMs });
  expect(state.sequencerHealth().state).toBe("up");

  nowMs += 101 * SECOND;
  expect(state.sequencerHealth().state).toBe("unknown");
});

test.each([
  ["2500", 2500],
  ["all", 150],
  ["wallet:azuro", 50],
  ["wallet:other", undefined],
])("C2 the bank is what bank_source says: %s", (source, bank) => {
  const state = runtime(source);
  state.setBalance({ wallet: "sx", token: "USDC", usd: 90 });
  state.setBalance({ wallet: "sx", token: "SX", usd: 10 });
  state.setBalance({ wallet: "azuro", token: "USDC", usd: 50 });

  expect(state.getBank()).toBe(bank);
});

test("C2 a balance that nobody has read for ten minutes makes no bank", async () => {
  const state = runtime();
  state.setBalance({ wallet: "sx", token: "USDC", usd: 90 });
  nowMs += 601 * SECOND;

  expect(state.getBank()).toBeUndefined();
  expect(await registry.metrics()).not.toContain("runtime_bank_usd{");
});

test("C2 what is no bank source is not taken for one", () => {
  expect(["", "wallets", "-5", "wallet:", "12 usd"].map(parseBankSource)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
