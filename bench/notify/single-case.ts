/** One alert after the other: from the rule's finding it to the request that tells of it, milliseconds. */
import { setTimeout as sleep } from "node:timers/promises";
import { tellResult } from "../fresh-process.ts";
import { median } from "../median.ts";
import { Telling } from "./telling.ts";

const [trials = "300"] = process.argv.slice(2);

/** Slack takes one message a second, so it is the webhook that is measured; between two there is some rest, milliseconds. */
const REST_MS = 10;
const WARM_UP = 30;

let left: (() => void) | undefined;
await using telling = await Telling.start({ groupBy: ["bot", "venue"], onRequest: () => left?.() });
await sleep(1_000); // the worker that draws has begun
const times: number[] = [];
for (let trial = 0; trial < Number(trials) + WARM_UP; trial++) {
  const changes = telling.found([{ bot: `bot-${trial % 20}`, venue: `venue-${trial}` }]);
  const { promise, resolve } = Promise.withResolvers<number>();
  left = () => resolve(performance.now());
  const startMs = performance.now();
  telling.notifying.changed(changes);
  const tookMs = (await promise) - startMs;
  if (trial >= WARM_UP) times.push(tookMs);
  await sleep(REST_MS);
}
times.sort((a, b) => a - b);
tellResult({ p50Ms: median(times), p99Ms: times[Math.floor(times.length * 0.99)] });
