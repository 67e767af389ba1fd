/** The series of the runtime registry: everything that a bot's live state holds. */
import type { MetricDefinitions } from "../definitions.ts";

export const RUNTIME_METRICS = {
  gasPrice: {
    type: "gauge",
    name: "runtime_gas_price_gwei",
    unit: "gwei",
    help: "Gas price, by chain.",
    labelNames: ["chain"],
  },
  sequencerUp: {
    type: "gauge",
    name: "runtime_sequencer_up",
    help: "1 while a chain's sequencer is up, 0 while it is down.",
    labelNames: ["chain"],
  },
  sequencerSince: {
    type: "gauge",
    name: "runtime_sequencer_since_timestamp_seconds",
    unit: "seconds",
    help: "Since when a chain's sequencer is as it is, Unix time.",
    labelNames: ["chain"],
  },
  headAge: {
    type: "gauge",
    name: "runtime_head_age_seconds",
    unit: "seconds",
    help: "Age of a chain's newest block when it was looked at.",
    labelNames: ["chain"],
  },
  rpcUp: {
    type: "gauge",
    name: "runtime_rpc_up",
    help: "1 while a chain's JSON-RPC answers, 0 when it has not answered several attempts.",
    labelNames: ["chain"],
  },
  rpcLatency: {
    type: "gauge",
    name: "runtime_rpc_latency_ms",
    unit: "ms",
    help: "How long a chain's JSON-RPC took for its last answer.",
    labelNames: ["chain"],
  },
  venueUp: {
    type: "gauge",
    name: "runtime_venue_up",
    help: "1 while a venue's API answers, 0 when it has not answered several attempts.",
    labelNames: ["venue"],
  },
  heartbeatTime: {
    type: "gauge",
    name: "runtime_heartbeat_timestamp_seconds",
    unit: "seconds",
    help: "When venues, RPCs and sequencers were last looked at, Unix time.",
  },
  walletBalance: {
    type: "gauge",
    name: "runtime_wallet_balance_usd",
    unit: "usd",
    help: "What a wallet holds of a token, in US dollars.",
    labelNames: ["wallet", "token"],
  },
  balanceTime: {
    type: "gauge",
    name: "runtime_balance_timestamp_seconds",
    unit: "seconds",
    help: "When a wallet's balance was last read, Unix time.",
    labelNames: ["wallet"],
  },
  bank: {
    type: "gauge",
    name: "runtime_bank_usd",
    unit: "usd",
    help: "What stakes are a share of, in US dollars, by bank_source. Absent while it is not known.",
    labelNames: ["source"],
  },
  configInfo: {
    type: "gauge",
    name: "runtime_config_info",
    help: "Always 1. Which configuration the bot runs with: its hash.",
    labelNames: ["hash"],
  },
} as const satisfies MetricDefinitions;
