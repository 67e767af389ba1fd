/**
 * Whatever happens to Haltwatch, or to what is between it and the bots, each bot refuses orders once its lease has ended. Real
 * processes that trade; `HALTWATCH_RUNS=100` for the long run.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Forked } from "../link/processes.ts";
import { cutOff, diskFull, type Fault, killed, stopped } from "./faults.ts";
import type { FromTradingBot, ToTradingBot } from "./trading-bot.ts";

/** Bots that lose their Haltwatch, of each fault. */
const RUNS = Number(process.env["HALTWATCH_RUNS"] ?? 3);

/** So many bots lose it at once. */
const BOTS = Math.min(RUNS, 10);

const ROUNDS = Math.ceil(RUNS / BOTS);

/** As Haltwatch grants it, milliseconds. */
const LEASE_MS = 3_000;

/** What may be added to it: a bot's own turn on a busy machine. */
const TOLERANCE_MS = 100;

/** Room for the samples of a test, and for what Haltwatch wants to have left. */
const DISK_BYTES = 64 * 1024 * 1024;

const TIMEOUT = { timeout: 60_000 + ROUNDS * 30_000 };

// A few at once, as most of it is waiting; many in turn, so that they do not take the processors from each other.
const some = RUNS > 10 ? test : test.concurrent;

type Refused = Extract<FromTradingBot, { readonly kind: "refused" }>;
type TradingBot = Forked<FromTradingBot, ToTradingBot>;

const FAULTS: Readonly<Record<string, () => Promise<Fault>>> = {
  "is killed": killed,
  "is stopped": stopped,
  "is cut off, and nobody is told": () => cutOff("silent"),
  "is cut off by resets": () => cutOff("reset"),
};

for (const [name, open] of Object.entries(FAULTS)) {
  some(`F3 Haltwatch ${name}: all bots refuse orders within the lease (${RUNS} runs)`, TIMEOUT, async () => {
    await using fault = await open();

    judge(name, await lostLeases(fault));
  });
}

some(
  `F3 Haltwatch's disk is full: all bots refuse orders within the lease (${RUNS} runs)`,
  TIMEOUT,
  async (context) => {
    const folder = mkdtempSync(join(tmpdir(), "haltwatch-disk-"));
    const isMounted = mounted(folder);
    try {
      if (!isMounted) context.skip("a small file system takes an administrator's rights, and Linux");
      await using fault = await diskFull(folder);

      judge("cannot write", await lostLeases(fault));
    } finally {
      if (isMounted) execFileSync("umount", ["--lazy", folder]);
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

some(`F3 a bot that stood still beyond its lease refuses its next order (${RUNS} runs)`, TIMEOUT, async () => {
  await using haltwatch = await killed(); // which is never struck
  await using bots = new Bots(haltwatch.url, BOTS);
  for (let round = 0; round < ROUNDS; round++) {
    await bots.all((bot, from) => bot.until(({ kind }) => kind === "trading", "it trades", from));

    await bots.all(async (bot) => {
      type Spun = Extract<FromTradingBot, { readonly kind: "spun" }>;
      // It hears nothing meanwhile: neither that time has passed, nor what Haltwatch says.
      const spinning = bot.ask<Spun>({ kind: "spin", ms: LEASE_MS + 1_500 });
      bot.signal("SIGSTOP");
      await new Promise((resolve) => setTimeout(resolve, LEASE_MS + TOLERANCE_MS));
      bot.signal("SIGCONT");
      const { longestGapMs, wasAllowedAfterGap, beganMs, lastOrderMs } = await spinning;
      expect(lastOrderMs - beganMs).toBeLessThanOrEqual(LEASE_MS);
      if (longestGapMs >= LEASE_MS) expect(wasAllowedAfterGap).toBe(false);
    });
  }
});

/** Bots that trade, each in a process of its own. */
class Bots implements AsyncDisposable {
  readonly #bots: readonly TradingBot[];
  /** How much each has told when it was looked at last. */
  readonly #seen: number[];

  constructor(url: string, count: number) {
    const script = fileURLToPath(new URL("trading-bot.ts", import.meta.url));
    this.#bots = Array.from({ length: count }, (_, i) => new Forked(script, [url, `bot-${i}`]));
    this.#seen = this.#bots.map(() => 0);
  }

  /** Does something with each at once. What a bot has told since the last time is new. */
  all<T>(act: (bot: TradingBot, from: number) => Promise<T>): Promise<T[]> {
    return Promise.all(
      this.#bots.map((bot, i) => {
        const from = this.#seen[i] ?? 0;
        this.#seen[i] = bot.heard.length;
        return act(bot, from);
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#bots.map((bot) => bot[Symbol.asyncDispose]()));
  }
}

interface LostLease {
  /** From the fault to the first order that was refused, milliseconds. */
  readonly refusedAfterMs: number;
  /** From the fault to the last order that was sent. */
  readonly lastOrderAfterMs: number;
  /** From the end of the last lease that was granted to the first order that was refused. */
  readonly beyondLeaseMs: number;
}

/** Strikes and heals again and again. */
async function lostLeases(fault: Fault): Promise<readonly LostLease[]> {
  await using bots = new Bots(fault.url, BOTS);
  const lost: LostLease[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await bots.all((bot, from) => bot.until(({ kind }) => kind === "trading", "it trades", from));
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 1_000)); // at any moment between two renewals
    const refusals = bots.all((bot, from) => bot.until(({ kind }) => kind === "refused", "it refuses", from));
    const strikes = fault.strike();
    const [atMs, refused] = await Promise.all([strikes, refusals]);
    for (const one of refused as readonly Refused[]) {
      lost.push({
        refusedAfterMs: one.atMs - atMs,
        lastOrderAfterMs: one.lastOrderMs - atMs,
        beyondLeaseMs: one.atMs - one.leaseEndMs,
      });
    }
    await fault.heal();
  }
  return lost;
}

function judge(name: string, lost: readonly LostLease[]): void {
  const show = (what: string, values: readonly number[]): string => {
    const sorted = [...values].sort((a, b) => a - b);
    const at = (share: number): string => (sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN).toFixed(1);
    return `${what}: median ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)} ms`;
  };
  process.stdout.write(
    `Haltwatch ${name}, ${lost.length} runs. ${[
      show(
        "fault to first refusal",
        lost.map(({ refusedAfterMs }) => refusedAfterMs),
      ),
      show(
        "fault to last order",
        lost.map(({ lastOrderAfterMs }) => lastOrderAfterMs),
      ),
      show(
        "end of the last lease to first refusal",
        lost.map(({ beyondLeaseMs }) => beyondLeaseMs),
      ),
    ].join("; ")}\n`,
  );
  expect(lost.length).toBeGreaterThanOrEqual(RUNS);
  for (const { refusedAfterMs, lastOrderAfterMs } of lost) {
    expect(lastOrderAfterMs).toBeLessThanOrEqual(refusedAfterMs);
    expect(refusedAfterMs).toBeLessThanOrEqual(LEASE_MS + TOLERANCE_MS);
    expect(refusedAfterMs).toBeGreaterThan(1_000); // not the lost connection, but the lease
  }
}

/** @returns whether a small file system could be put there */
function mounted(at: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "tmpfs", at], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
