/** From a record to the refusal, over the link: `reaction-case.ts URL TRIALS OTHER_SERIES`. */
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { Registry, startLink } from "@haltwatch/bot";
import { tellResult } from "../fresh-process.ts";
import { PAUSED_BY, type ReactionResult, TOKEN } from "./cases.ts";

/** Between trials, so that they meet the interval's samples at any moment of theirs, milliseconds. */
const PAUSE_MS = 7;

const [url = "", trials = "0", otherSeries = "0"] = process.argv.slice(2);
const registry = new Registry();
const failures = registry.counter({ name: PAUSED_BY, help: "h" });
const others = registry.gauge({ name: "others", help: "h", labelNames: ["i"] });
const children = Array.from({ length: Number(otherSeries) }, (_, i) => others.labels(String(i)));
const moving = setInterval(() => {
  for (const child of children) child.set(Math.random());
}, 1_000);
await using link = startLink({ url, token: TOKEN, bot: "reaction", registry });
await link.ready;
await sleep(2_000); // all series are known

const took: number[] = [];
for (let trial = 0; trial < Number(trials); trial++) {
  while (!link.guard.allowed("open")) await nextTurn(); // the last trial's pause is lifted
  await sleep(PAUSE_MS);
  const began = performance.now();
  failures.inc();
  while (link.guard.allowed("open")) await nextTurn();
  took.push(performance.now() - began);
}
clearInterval(moving);
took.sort((a, b) => a - b);
const at = (share: number): number => took[Math.floor(share * (took.length - 1))] ?? Number.NaN;
const result: ReactionResult = { medianMs: at(0.5), p99Ms: at(0.99) };
tellResult(result);
