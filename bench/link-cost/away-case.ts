/** Ten minutes without Haltwatch, by a clock turned by hand: what the bot keeps of them. */
import { Registry } from "@haltwatch/bot";
import { SampleFeed } from "../../packages/bot/src/link/sample-feed.ts";
import { HandClock } from "../../packages/bot/src/link/testing/hand-clock.ts";
import { tellResult } from "../fresh-process.ts";
import type { AwayResult } from "./cases.ts";

const SECONDS = 600;
const SERIES = 2_000;

const clock = new HandClock();
const registry = new Registry();
const gauge = registry.gauge({ name: "moving", help: "h", labelNames: ["i"] });
const children = Array.from({ length: SERIES }, (_, i) => gauge.labels(String(i)));
let droppedSamples = 0;
const feed = new SampleFeed({
  registry,
  clock,
  onDropped: (_reason, count) => {
    droppedSamples += count;
  },
});
await feed.snapshot();
globalThis.gc?.();
const before = memory();
for (let second = 1; second <= SECONDS; second++) {
  clock.pass(1_000);
  for (const child of children) child.set(second);
  await feed.snapshot();
}
globalThis.gc?.();
const result: AwayResult = { heapBytes: memory() - before, keptSamples: feed.awaySamples, droppedSamples };
tellResult(result);

/** Typed arrays are not on the heap. */
function memory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
