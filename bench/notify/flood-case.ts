/** Ten thousand alerts at once: `flood-case.ts GROUP_BY`. How long the event loop does nothing else, until all is told. */
import { setTimeout as sleep } from "node:timers/promises";
import { tellResult } from "../fresh-process.ts";
import { Telling } from "./telling.ts";

const ALERTS = 10_000;
const BOTS = 100;

/** It may take so long until all is in the outbox, milliseconds. */
const PATIENCE_MS = 60_000;

/** How often it is looked whether it is, milliseconds. */
const LOOK_MS = 1_000;

/** Turns after that that are not counted. */
const SKIPPED_TURNS = 3;

/** After that it is looked at for a while longer: what is told is told meanwhile, milliseconds. */
const AFTER_MS = 1_500;

const [groupBy = "bot"] = process.argv.slice(2);
let requests = 0;
await using telling = await Telling.start({
  groupBy: groupBy.split(","),
  onRequest: () => {
    requests++;
  },
});
await sleep(1_000);
// Code that has never run is slow once: some alerts before.
telling.notifying.changed(
  telling.found(Array.from({ length: 600 }, (_, i) => ({ bot: `early-${i % 30}`, venue: `venue-${i}` }))),
);
await sleep(2_000);
const changes = telling.found(
  Array.from({ length: ALERTS }, (_, i) => ({ bot: `bot-${i % BOTS}`, venue: `venue-${Math.floor(i / BOTS)}` })),
);
await sleep(3_000); // until the store has written so many new series, which is no business of telling people

let [maxMs, maxCpuMs] = [0, 0];
let isWatching = true;
/** The measurement itself has taken its time, and its garbage is to be collected. */
let skipped = 0;
let turn = { ms: performance.now(), cpu: process.threadCpuUsage() };
function watch(): void {
  const now = { ms: performance.now(), cpu: process.threadCpuUsage() };
  if (skipped === 0) {
    maxMs = Math.max(maxMs, now.ms - turn.ms);
    maxCpuMs = Math.max(maxCpuMs, (now.cpu.user + now.cpu.system - turn.cpu.user - turn.cpu.system) / 1_000);
  } else skipped--;
  turn = now;
  if (isWatching) setImmediate(watch);
}
watch();
const startMs = performance.now();
await new Promise(setImmediate);
telling.notifying.changed(changes);
await sleep(LOOK_MS);
while (told() < ALERTS + 600 && performance.now() - startMs < PATIENCE_MS) await sleep(LOOK_MS);
const groupedMs = performance.now() - startMs;
await sleep(AFTER_MS);
isWatching = false;
tellResult({ maxMs, maxCpuMs, groupedMs, requests });

/** Alerts of groups that people were told of, or that are in the outbox. */
function told(): number {
  skipped = SKIPPED_TURNS;
  return telling.notifying.alerts().filter(({ status }) => status.state === "active").length;
}
