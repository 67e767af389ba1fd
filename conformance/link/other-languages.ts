/** What a client of the link in any language must do. */
import { expect } from "vitest";
import type { LineBot } from "./line-bot.ts";
import type { ServerProcess } from "./processes.ts";

/** The lease, and what may be added on a busy machine, milliseconds. */
const REFUSED_WITHIN_MS = 3_000 + 200;

export async function itSpeaksTheLink(bot: LineBot, server: ServerProcess): Promise<void> {
  expect(await bot.tell("open")).toMatchObject({ open: true, close: true });

  await bot.tell("fail");
  await expect.poll(() => lastFailures(server)).toBe(1);

  await server.pause({ scope: { venue: "cex" }, state: "REDUCING", reason: "a test" });
  expect(await bot.tell("closed")).toMatchObject({ open: false, close: true });
  const done = await server.until((one) => one.kind === "acknowledged" && one.report.stage === "done", "it reports");
  expect(done).toMatchObject({ epoch: 1, report: { outcome: "done", cancelled: 2 } });

  await server.ask({ kind: "arm" });
  await bot.tell("open");

  server.signal("SIGSTOP");
  const stoppedMs = Date.now();
  const { atMs, close } = await bot.tell("closed");
  expect(close).toBe(false);
  expect(atMs - stoppedMs).toBeLessThanOrEqual(REFUSED_WITHIN_MS);

  server.signal("SIGCONT");
  await bot.tell("open");
  await bot.tell("fail");
  await expect.poll(() => lastFailures(server), { timeout: 5_000 }).toBe(2);
}

async function lastFailures(server: ServerProcess): Promise<number | null | undefined> {
  const [series] = await server.samples("orders_failed_total");
  return series?.values.at(-1);
}
