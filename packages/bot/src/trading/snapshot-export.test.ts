import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { Registry } from "../registry/registry.ts";
import { exportSnapshots, type SnapshotExport } from "./snapshot-export.ts";

let running: SnapshotExport | undefined;
afterEach(() => {
  running?.stop();
  vi.useRealTimers();
});

function start(registry: Registry, options: Parameters<typeof exportSnapshots>[1]): SnapshotExport {
  running = exportSnapshots(registry, options);
  return running;
}

async function value(registry: Registry, series: string): Promise<number | undefined> {
  const line = (await registry.metrics()).split("\n").find((text) => text.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

test("B1 balance, P&L, win rate, drawdown, positions and breakers by name become series", async () => {
  const registry = new Registry({ now: () => 1_723_161_254_024 });
  const snapshots = start(registry, {
    bot: () => ({
      balanceUsd: 10_250.5,
      realizedPnlUsd: 250.5,
      unrealizedPnlUsd: -12,
      winRate: 0.56,
      openPositions: 2,
    }),
    risk: async () => ({ drawdown: 0.02, maxDrawdown: 0.08, circuitBreakers: { max_loss: true, stale_data: false } }),
  });

  await snapshots.take();

  const text = await registry.metrics();
  const shown = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  expect(shown).toEqual([
    "trading_balance_usd 10250.5",
    "trading_pnl_realized_usd 250.5",
    "trading_pnl_unrealized_usd -12",
    "trading_win_rate_ratio 0.56",
    "trading_open_positions 2",
    "trading_drawdown_ratio 0.02",
    "trading_drawdown_max_ratio 0.08",
    'trading_circuit_breaker_open{name="max_loss"} 1',
    'trading_circuit_breaker_open{name="stale_data"} 0',
    'trading_snapshot_timestamp_seconds{snapshot="bot"} 1723161254.024',
    'trading_snapshot_timestamp_seconds{snapshot="risk"} 1723161254.024',
    'trading_snapshot_errors_total{snapshot="bot"} 0',
    'trading_snapshot_errors_total{snapshot="risk"} 0',
  ]);
});

test("B4 the exported values equal the bot's own to the last digit", async () => {
  await fc.assert(
    fc.asyncProperty(fc.double({ noNaN: true }), fc.double({ noNaN: true }), async (balanceUsd, drawdown) => {
      const registry = new Registry();
      await start(registry, { bot: () => ({ balanceUsd }), risk: () => ({ drawdown }) }).take();

      const read = async (series: string): Promise<number | undefined> => {
        const text = /^.* (\S+)$/m.exec(
          (await registry.metrics()).split("\n").find((line) => line.startsWith(`${series} `)) ?? "",
        )?.[1];
        return text === "+Inf" ? Number.POSITIVE_INFINITY : text === "-Inf" ? Number.NEGATIVE_INFINITY : Number(text);
      };

      expect(await read("trading_balance_usd")).toBe(balanceUsd + 0);
      expect(await read("trading_drawdown_ratio")).toBe(drawdown + 0);
      running?.stop();
    }),
  );
});

test("B1 what the bot does not know is absent, not zero", async () => {
  const registry = new Registry();
  let bot: { balanceUsd?: number; winRate?: number } = { balanceUsd: 5 };
  const snapshots = start(registry, { bot: () => bot });

  await snapshots.take();
  expect(await value(registry, "trading_win_rate_ratio")).toBeUndefined();
  bot = { winRate: 0.5 };
  await snapshots.take();

  expect(await value(registry, "trading_win_rate_ratio")).toBe(0.5);
  expect(await value(registry, "trading_balance_usd")).toBeUndefined();
});

test("a breaker that the bot no longer names goes", async () => {
  const registry = new Registry();
  let circuitBreakers: Record<string, boolean> = { a: true, b: true };
  const snapshots = start(registry, { risk: () => ({ circuitBreakers }) });
  await snapshots.take();

  circuitBreakers = { b: false };
  await snapshots.take();

  expect(await value(registry, 'trading_circuit_breaker_open{name="a"}')).toBeUndefined();
  expect(await value(registry, 'trading_circuit_breaker_open{name="b"}')).toBe(0);
});

test("B1 a snapshot that fails takes its series away, is told once and counted, and comes back with the next", async () => {
  const told: string[] = [];
  const registry = new Registry({ mistakes: (error) => told.push(error.oneLine()) });
  let broken = false;
  const snapshots = start(registry, {
    bot: () => {
      if (broken) throw new Error("no answer from the venue");
      return { balanceUsd: 5 };
    },
  });
  await snapshots.take();

  broken = true;
  await snapshots.take();
  await snapshots.take();
  expect(await value(registry, "trading_balance_usd")).toBeUndefined();
  expect(await value(registry, 'trading_snapshot_errors_total{snapshot="bot"}')).toBe(2);
  expect(told).toEqual([expect.stringContaining("the bot gave no bot snapshot: no answer from the venue")]);

  broken = false;
  await snapshots.take();
  expect(await value(registry, "trading_balance_usd")).toBe(5);
});

test("B2 snapshots are taken on a timer, one at a time, and no more after stop", async () => {
  vi.useFakeTimers();
  let taken = 0;
  let answer: (() => void) | undefined;
  const snapshots = start(new Registry(), {
    intervalMs: 1000,
    bot: () =>
      new Promise((resolve) => {
        taken++;
        answer = () => resolve({});
      }),
  });

  await vi.advanceTimersByTimeAsync(3500);
  expect(taken).toBe(1); // the first has not answered yet
  answer?.();
  await vi.advanceTimersByTimeAsync(1000);
  expect(taken).toBe(2);
  snapshots.stop();
  answer?.();
  await vi.advanceTimersByTimeAsync(5000);
  expect(taken).toBe(2);
});

test("B1 a snapshot that comes too late does not take the place of a newer one", async () => {
  vi.useFakeTimers();
  const registry = new Registry({ mistakes: () => undefined });
  const answers: ((snapshot: { balanceUsd: number }) => void)[] = [];
  const snapshots = start(registry, {
    intervalMs: 3_600_000,
    bot: () => new Promise((resolve) => answers.push(resolve)),
  });

  const first = snapshots.take();
  await vi.advanceTimersByTimeAsync(5001); // its time is over
  await first;
  const second = snapshots.take();
  answers.at(-1)?.({ balanceUsd: 2 });
  await second;
  for (const answer of answers) answer({ balanceUsd: 1 });
  await vi.advanceTimersByTimeAsync(0);

  expect(await value(registry, "trading_balance_usd")).toBe(2);
});

test("B5 a bot that never gives a snapshot has the time it was expected from, so that its lateness shows", async () => {
  const registry = new Registry({ now: () => 5000 });
  start(registry, { bot: () => ({}) });

  expect(await value(registry, 'trading_snapshot_timestamp_seconds{snapshot="bot"}')).toBe(5);
});
