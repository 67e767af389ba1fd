/** A real bot, with the package as it is published, and Haltwatch's end of the link, in processes of their own. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { BotProcess, ServerProcess } from "./processes.ts";

const TIMEOUT = { timeout: 60_000 };

/** As Haltwatch grants it unless configured otherwise, milliseconds. */
const LEASE_MS = 3_000;

/** What may be added to it: the bot's timer, and two processes of a busy machine. */
const TOLERANCE_MS = 100;

test("F7 a pause that reduces forbids opening, and says why", TIMEOUT, async () => {
  await using server = await ServerProcess.start();
  await using bot = await BotProcess.start(server.url);
  expect(await bot.tell({ kind: "allowed" })).toMatchObject({ open: true, close: true, state: "ACTIVE" });

  const from = bot.heard.length;
  await server.pause({ scope: { bot: "arb-1" }, state: "REDUCING", reason: "a test", rule: "SomeRule" });
  await bot.changed(false, from);

  expect(await bot.tell({ kind: "allowed" })).toMatchObject({
    ...{ open: false, close: true, state: "REDUCING" },
    error: { code: "TRADING_PAUSED", rule: "SomeRule", reason: "a test" },
  });
  const report = await server.until(
    (one) => one.kind === "acknowledged" && one.report.stage === "done",
    "the bot reports what it did",
  );
  expect(report).toMatchObject({
    ...{ bot: "arb-1", epoch: 1 },
    report: { stage: "done", outcome: "done", cancelled: 3, failed: 1, leftOpen: 1 },
  });
});

test("F4 an arm lifts the pause, and a pause of one venue leaves the others", TIMEOUT, async () => {
  await using server = await ServerProcess.start();
  await using bot = await BotProcess.start(server.url);

  let from = bot.heard.length;
  await server.pause({ scope: { venue: "cex" }, state: "HALTED" });
  await bot.changed(false, from);
  expect(await bot.tell({ kind: "allowed", venue: "cex" })).toMatchObject({ open: false, close: false });
  expect(await bot.tell({ kind: "allowed", venue: "dex" })).toMatchObject({ open: true, close: true });

  from = bot.heard.length;
  await server.ask({ kind: "arm" });
  await bot.changed(true, from);
  expect(await bot.tell({ kind: "allowed", venue: "cex" })).toMatchObject({ open: true });
});

test("F2 from a failed order to the pause: milliseconds", TIMEOUT, async () => {
  await using server = await ServerProcess.start();
  await using bot = await BotProcess.start(server.url, "arb-1", 5_000);
  await server.ask({ kind: "pause-on-failure" });
  await server.until(({ kind }) => kind === "samples", "all that is not the failure has arrived");

  const { tookMs, open } = await bot.tell({ kind: "react" });

  expect(open).toBe(false);
  expect(tookMs).toBeLessThan(100); // a busy machine; bench/link-cost measures it
});

for (const signal of ["SIGKILL", "SIGSTOP"] as const) {
  test(`F3 Haltwatch gets ${signal}: nothing may be opened after the lease`, TIMEOUT, async () => {
    await using server = await ServerProcess.start();
    await using bot = await BotProcess.start(server.url);
    const from = bot.heard.length;

    server.signal(signal);
    const beganMs = Date.now();
    const refusedMs = await bot.changed(false, from);

    expect(refusedMs - beganMs).toBeLessThanOrEqual(LEASE_MS + TOLERANCE_MS);
    expect(refusedMs - beganMs).toBeGreaterThan(1_000); // not the lost connection, but the lease
    expect(await bot.tell({ kind: "allowed" })).toMatchObject({
      ...{ open: false, close: false, state: "HALTED", leaseLeftMs: 0 },
      error: { code: "NO_LEASE" },
    });
    if (signal === "SIGSTOP") {
      server.signal("SIGCONT");
      await bot.changed(true, from);
    }
  });
}

test("F3 a bot whose event loop was blocked beyond its lease refuses the next order", TIMEOUT, async () => {
  await using server = await ServerProcess.start();
  await using bot = await BotProcess.start(server.url);
  const from = bot.heard.length;
  server.signal("SIGSTOP");

  const { open } = await bot.tell({ kind: "block", ms: LEASE_MS + TOLERANCE_MS });

  expect(open).toBe(false);
  server.signal("SIGCONT");
  await bot.changed(true, from);
});

test("a count goes on over a reconnection: nothing is lost, nothing doubled", TIMEOUT, async () => {
  const first = await ServerProcess.start();
  const { port } = first;
  await using bot = await BotProcess.start(first.url);
  await bot.tell({ kind: "fail", count: 3 });
  await expect.poll(() => values(first)).toEqual([0, 3]);
  await first[Symbol.asyncDispose]();

  await bot.tell({ kind: "fail", count: 4 });
  await using second = await ServerProcess.start(port);
  await second.until((one) => one.kind === "samples", "everything arrives");
  await bot.tell({ kind: "fail", count: 1 });

  await expect.poll(async () => (await values(second)).at(-1)).toBe(8);
  expect(rising(await values(second))).toBe(true);
});

test("F9 a bot that is killed leaves stale series, and up is 0", TIMEOUT, async () => {
  await using server = await ServerProcess.start();
  const bot = await BotProcess.start(server.url);
  await server.until(({ kind }) => kind === "samples", "everything arrives");

  await bot[Symbol.asyncDispose]();
  await server.until((one) => one.kind === "link" && one.state === "gone", "the bot is gone");

  expect((await server.samples("up")).map(({ values: up }) => up.at(-1))).toEqual([0]);
  expect((await values(server)).at(-1)).toBe(null);
});

test("the bot stops: its last values are there, and nothing may be opened", TIMEOUT, async () => {
  await using server = await ServerProcess.start();
  await using bot = await BotProcess.start(server.url);
  await bot.tell({ kind: "fail", count: 2 });

  expect(await bot.tell({ kind: "stop" })).toMatchObject({ open: false });

  await bot.exit;
  const gone = await server.until((one) => one.kind === "link" && one.state === "left", "it says goodbye");
  expect(gone).toMatchObject({ reason: "the bot stops" });
  expect(await values(server)).toEqual(expect.arrayContaining([0, 2]));
});

test("memory stays bounded while Haltwatch is away, and all comes when it is back", { timeout: 120_000 }, async () => {
  const first = await ServerProcess.start();
  const { port } = first;
  await using bot = await BotProcess.start(first.url, "arb-1", 2_000);
  await first[Symbol.asyncDispose]();
  await bot.changed(false, 0);
  const before = (await bot.tell({ kind: "allowed" })).rss;

  // What ten minutes away add is counted in bench/link-cost with a clock turned by hand; here the real thing, for seconds.
  for (let second = 0; second < 5; second++) {
    await bot.tell({ kind: "fail", count: 1_000 });
    await sleep(1_000); // the passing of time is what is tested
  }

  expect((await bot.tell({ kind: "allowed" })).rss - before).toBeLessThan(40 * 2 ** 20);
  await using second = await ServerProcess.start(port);
  await second.until(({ kind }) => kind === "samples", "everything arrives");
  await expect.poll(async () => (await values(second)).at(-1), { timeout: 10_000 }).toBe(5_000);
});

async function values(server: ServerProcess): Promise<readonly (number | null)[]> {
  const series = await server.samples("orders_failed_total");
  const cex = series.find(({ labels }) => labels["venue"] === "cex")?.values ?? [];
  return cex.filter((value, index) => value !== cex[index - 1]);
}

function rising(list: readonly (number | null)[]): boolean {
  return list.every((value, index) => index === 0 || (value ?? 0) >= (list[index - 1] ?? 0));
}
