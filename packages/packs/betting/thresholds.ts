/**
 * Limits of a betting bot. Those of `exec` and `risk` stand in the bot's own `config/exec.yml` and `config/risk.yml`, and hold from there;
 * what is here is for a bot that does not say.
 */
import { MAX_BALANCE_AGE_MS, SEQUENCER_LIMITS } from "@haltwatch/bot";
import type { Setting, Threshold } from "../pack.ts";

export const BETTING_THRESHOLDS: readonly Threshold[] = [
  {
    name: "exec.fill_ratio_min",
    default: 0.8,
    unit: "ratio",
    min: 0,
    max: 1,
    help: "With a smaller share of bets filled, whole or in part, over five minutes at one venue, betting is halted.",
  },
  {
    name: "exec.p95_accept_time_ms_max",
    default: 2500,
    unit: "ms",
    min: 1,
    help: "If a twentieth of the bets of five minutes took longer to be accepted at one venue, betting is halted.",
  },
  {
    name: "exec.bets_min",
    default: 20,
    unit: "count",
    min: 1,
    help: "Fewer bets at one venue, or transactions on one chain, say nothing: no share or percentile of them is looked at.",
  },
  {
    name: "exec.error_ratio_max",
    default: 0.1,
    unit: "ratio",
    min: 0,
    max: 1,
    help: "A larger share of bets without an answer, over five minutes at one venue, is told.",
  },
  {
    name: "exec.partial_fill_ratio_max",
    default: 0.3,
    unit: "ratio",
    min: 0,
    max: 1,
    help: "A larger share of fills that are only in part, over fifteen minutes at one venue, is told.",
  },
  {
    name: "exec.void_ratio_max",
    default: 0.1,
    unit: "ratio",
    min: 0,
    max: 1,
    help: "A larger share of filled bets that the venue cancelled, over fifteen minutes, is told.",
  },
  {
    name: "exec.quote_age_seconds_max",
    default: 10,
    unit: "seconds",
    min: 0,
    help: "While a venue's newest quote is older, no new bet is made.",
  },
  {
    name: "exec.rate_limit_ratio_min",
    default: 0.1,
    unit: "ratio",
    min: 0,
    max: 1,
    help: "If a venue allows a smaller share of its requests until its window ends, it is told.",
  },
  {
    name: "exec.reverted_ratio_max",
    default: 0.1,
    unit: "ratio",
    min: 0,
    max: 1,
    help: "A larger share of transactions that revert, over five minutes on one chain, is told.",
  },
  {
    name: "risk.stake_pct_cap",
    default: 2,
    unit: "percent",
    min: 0,
    max: 100,
    help: "A single stake that is a larger part of the bank halts betting.",
  },
  {
    name: "risk.exposure_pct_cap",
    default: 25,
    unit: "percent",
    min: 0,
    help: "While all open stakes together are a larger part of the bank, no new bet is made.",
  },
  {
    name: "risk.unhedged_usd_max",
    default: 50,
    unit: "usd",
    min: 0,
    help: "With more left open by one leg for a quarter of a minute, no new bet is made.",
  },
  {
    name: "risk.balance_usd_min",
    default: 15,
    unit: "usd",
    min: 0,
    help: "While a wallet holds less, all its tokens together, no new bet is made.",
  },
  {
    name: "chain.head_age_seconds_max",
    default: 60,
    unit: "seconds",
    min: 1,
    help: "A chain whose newest block is older stands still: betting is halted.",
  },
  {
    name: "chain.sequencer_grace_seconds",
    default: SEQUENCER_LIMITS.graceMs / 1000,
    unit: "seconds",
    min: 0,
    help: "So long after a sequencer came back no new bet is made: prices from before are still about.",
  },
  {
    name: "heartbeat.age_seconds_max",
    default: SEQUENCER_LIMITS.maxAgeMs / 1000,
    unit: "seconds",
    min: 1,
    help: "If venues and chains were not looked at for longer, no new bet is made.",
  },
  {
    name: "heartbeat.balance_age_seconds_max",
    default: MAX_BALANCE_AGE_MS / 1000,
    unit: "seconds",
    min: 1,
    help: "If a wallet's balance was not read for longer, it is told: the bank is not known any more.",
  },
];

export const BETTING_SETTINGS: readonly Setting[] = [
  {
    name: "risk.bank_source",
    pattern: "all|\\d+(?:\\.\\d+)?|wallet:\\s*\\S+",
    help: "What stakes are a share of: all, wallet:NAME, or a fixed number of US dollars.",
  },
];
