import { expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { BettingMetrics } from "./betting-metrics.ts";

const NOW_MS = 1_700_000_000_000;

function started() {
  const mistakes: string[] = [];
  const registry = new Registry({ mistakes: ({ message }) => mistakes.push(message) });
  return { registry, mistakes, metrics: new BettingMetrics(registry, { now: () => NOW_MS }) };
}

test("C1 what became of bets, how long they took, and what is at stake, by venue", async () => {
  const { registry, metrics } = started();
  metrics.recordPlaced("sx", { stakePct: 1.5 });
  metrics.recordBet({ status: "filled", acceptTime: 420, quoteToFill: 650 }, "sx");
  metrics.recordPlaced("sx", { stakePct: 1.2 });
  metrics.recordBet({ status: "partially_filled", acceptTime: 900_000_000n, quoteToFill: [1, 500_000_000] }, "sx");
  metrics.recordBet({ status: "rejected" }, "azuro");
  metrics.recordVoid("azuro");
  metrics.recordQuote("azuro", 2500);
  metrics.recordExposure({ openPct: 12, unhedgedUsd: 0 });
  metrics.recordRateLimit("sx", 0.75);
  metrics.recordTransaction("arbitrum", { reverted: false, gasUsd: 0.02 });
  metrics.recordTransaction("arbitrum", { reverted: true, gasUsd: 0.01 });

  const text = await registry.metrics();

  for (const line of [
    'bets_placed_total{venue="sx"} 2',
    'bets_placed_total{venue="azuro"} 0',
    'bet_outcomes_total{venue="sx",status="filled"} 1',
    'bet_outcomes_total{venue="sx",status="partially_filled"} 1',
    'bet_outcomes_total{venue="azuro",status="rejected"} 1',
    'bet_outcomes_total{venue="azuro",status="error"} 0',
    'bets_voided_total{venue="azuro"} 1',
    'accept_time_ms_bucket{venue="sx",le="500"} 1',
    'accept_time_ms_sum{venue="sx"} 1320',
    'accept_time_ms_count{venue="sx"} 2',
    'quote_to_fill_ms_sum{venue="sx"} 2150',
    'accept_time_ms_count{venue="azuro"} 0',
    'stake_pct{venue="sx"} 1.2',
    "exposure_pct 12",
    "exposure_unhedged_usd 0",
    `quote_timestamp_seconds{venue="azuro"} ${NOW_MS / 1000 - 2.5}`,
    'rate_limit_remaining_ratio{venue="sx"} 0.75',
    'transactions_total{chain="arbitrum"} 2',
    'transactions_reverted_total{chain="arbitrum"} 1',
    'gas_spent_usd_total{chain="arbitrum"} 0.03',
  ])
    expect(text).toContain(`${line}\n`);
});

test("C1 what nobody has told yet is absent, not zero", async () => {
  const text = await started().registry.metrics();

  for (const metric of ["exposure_pct", "exposure_unhedged_usd", "stake_pct", "quote_timestamp_seconds"])
    expect(text).not.toMatch(new RegExp(`^${metric}\\b`, "m"));
});

test("C1 what cannot be recorded is a mistake that is told, and never an exception", async () => {
  const { registry, mistakes, metrics } = started();

  metrics.recordBet({ status: "won" as "filled" }, "sx"); // as a bot in plain JavaScript may
  metrics.recordBet({ status: "filled", acceptTime: -5 }, "sx");
  metrics.recordVoid("");
  metrics.recordPlaced("sx", undefined as unknown as { stakePct: number }); // as a bot in plain JavaScript may

  expect(mistakes).toHaveLength(4);
  expect(mistakes[0]).toContain('its status is "won"');
  expect(await registry.metrics()).toContain('accept_time_ms_count{venue="sx"} 0\n');
});
