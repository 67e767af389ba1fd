/**
 * A bot that records failed orders, one after the other, and tells how long it took until it was not allowed to trade:
 * `node bot-case.ts URL WARM_UP_ROUNDS TRIALS OTHER_SERIES`. Each failure is at a venue of its own: an alert of its own.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { startLink } from "@haltwatch/bot";
import { tellResult } from "../fresh-process.ts";
import { failingBot } from "./failing-bot.ts";

/** From when trading is allowed to the next failure: at least so long, and up to this much longer, milliseconds. */
const REST_MS = 30;
const RANDOM_REST_MS = 50;

/** How long a pause may take until the trial counts as failed, milliseconds. */
const PATIENCE_MS = 5_000;

const [url = "", warmUpRounds = 0, trials = 0, otherSeries = 0] = [
  process.argv[2],
  ...process.argv.slice(3).map(Number),
];
const { registry, venue } = failingBot(otherSeries);
const link = startLink({ url, bot: "bench", registry });
const { guard } = link;
await link.ready;

// Failures that change nothing any more, and a person's pauses: what a Haltwatch that runs for days has seen often, and no trial.
const failAgain = venue("warm-up");
for (let round = 0; round < warmUpRounds; round++) {
  failAgain();
  await post("pause", { scope: "bot:bench", reason: "warm-up", by: "bench" });
  while (guard.allowed("open")) await sleep(1);
  await arm();
  while (!guard.allowed("open")) await sleep(1);
}

const tookMs: number[] = [];
for (let trial = 0; trial < trials; trial++) {
  const fail = venue(`venue-${trial}`);
  while (!guard.allowed("open")) await sleep(1); // the last trial's pause is lifted
  // At any moment of the interval's samples, of commits and of evaluations; the process is idle meanwhile.
  await sleep(REST_MS + Math.random() * RANDOM_REST_MS);
  tookMs.push(await reactionTo(fail));
  await arm();
}
await link.stop();
tellResult({ tookMs });
process.exit(0);

/** Milliseconds from the record until trading is not allowed. */
function reactionTo(fail: () => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no pause")), PATIENCE_MS);
    const stop = guard.onPause(() => {
      const endMs = performance.now();
      if (guard.allowed("open")) return undefined;
      clearTimeout(timer);
      stop();
      resolve(endMs - beginMs);
      return undefined;
    });
    const beginMs = performance.now();
    fail();
  });
}

function arm(): Promise<void> {
  return post("arm", { scope: "bot:bench", reason: "next trial", by: "bench", force: true });
}

async function post(what: "pause" | "arm", body: object): Promise<void> {
  const response = await fetch(`${url}/api/haltwatch/${what}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${process.env["HALTWATCH_CONTROL_TOKEN"]}` },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  await response.arrayBuffer();
}
