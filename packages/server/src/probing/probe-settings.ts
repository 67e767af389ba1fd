/** What is looked at, with everything that the configuration leaves to defaults and thresholds. */
import type { z } from "zod";
import { BALANCE_KEYS, type BalanceSettings, balanceSettings } from "./balances-config.ts";
import { CHAIN_KEYS, chainsOf, type FaultAt } from "./chain-config.ts";
import { HEARTBEAT_KEYS, type HeartbeatSettings, heartbeatSettings } from "./heartbeat-config.ts";

/** Keys of haltwatch.toml, for its schema. */
export const PROBE_KEYS = { ...CHAIN_KEYS, ...HEARTBEAT_KEYS, ...BALANCE_KEYS } as const;

interface Written {
  readonly chains: z.output<typeof CHAIN_KEYS.chains>;
  readonly heartbeat?: z.output<typeof HEARTBEAT_KEYS.heartbeat>;
  readonly balances?: z.output<typeof BALANCE_KEYS.balances>;
}

export interface ProbeSettings {
  readonly heartbeat: HeartbeatSettings | undefined;
  readonly balances: BalanceSettings | undefined;
}

/** @throws what is wrong with it, at its key */
export function probeSettings({ chains: written, heartbeat, balances }: Written, faultAt: FaultAt): ProbeSettings {
  const chains = chainsOf(written, faultAt);
  return {
    heartbeat: heartbeatSettings(heartbeat, chains, faultAt),
    balances: balanceSettings(balances, chains, faultAt),
  };
}
