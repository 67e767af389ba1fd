/** A month of samples, with the clock run fast: `node month-case.ts SERIES INTERVAL_SECONDS DAYS FILE`. */
import { Labels, Store } from "@haltwatch/store";
import { tellResult } from "../fresh-process.ts";
import { Workload } from "./workload.ts";

const [count = 0, intervalSeconds = 0, days = 0] = process.argv.slice(2, 5).map(Number);
const path = process.argv[5] ?? "";
const FIRST_MS = 1_700_000_000_000;

/** How many steps are committed together: what is committed is the same, only more of it at a time. */
const STEPS_A_COMMIT = 60;

let nowMs = FIRST_MS;
const store = new Store({ path, commitIntervalMs: 0, now: () => nowMs });
const workload = new Workload(count);
const series = workload.series.map(({ name, labels }) => store.series(Labels.from({ __name__: name, ...labels })));
const appender = store.appender("bots");
const steps = (days * 86_400) / intervalSeconds;
let jitter = 0;
for (let step = 0; step < steps; step++) {
  // Scrapes are a few milliseconds early or late.
  jitter = (jitter * 5 + 3) % 7;
  nowMs = FIRST_MS + step * intervalSeconds * 1000 + jitter;
  workload.advance();
  appender.begin(nowMs);
  for (const [index, one] of series.entries()) appender.append(one, workload.values[index] ?? 0);
  appender.commit();
  if (step % STEPS_A_COMMIT === 0) store.commit();
}
store.compact();
const { usedBytes, freeBytes, samplesInBlocks } = store.stats();
store.close();
tellResult({ samples: samplesInBlocks, bytes: usedBytes + freeBytes, rssMb: process.resourceUsage().maxRSS / 1024 });
