/** What a record costs with the link off and on: `recording-case.ts OPERATION SETTING URL`. */
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { ArbitrageMetrics, type OrderReport, Registry, startLink } from "@haltwatch/bot";
import { tellResult } from "../fresh-process.ts";
import { median } from "../median.ts";
import { type Operation, type RecordingResult, type Setting, TOKEN } from "./cases.ts";

/** Calls in a turn: so many that what the first of them costs alone, which is measured apart, does not show. */
const CALLS = 100_000;
const ROUNDS = 100;
const WARM_UP_ROUNDS = 20;

/** Single calls, each this long after the last one, milliseconds. */
const FIRST_ROUNDS = 200;
const SETTLE_MS = 3;

const [operation, setting, url = ""] = process.argv.slice(2) as [Operation, Setting, string];
const registry = new Registry();
const record = recordOf(operation);
const link = setting === "off" ? undefined : startLink({ url, token: TOKEN, bot: `${operation} ${setting}`, registry });
await link?.ready;

const many: number[] = [];
for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
  await nextTurn(); // what the last round brought is sent meanwhile
  const began = process.hrtime.bigint();
  for (let i = 0; i < CALLS; i++) record(i);
  const ended = process.hrtime.bigint();
  if (round >= WARM_UP_ROUNDS) many.push(Number(ended - began) / CALLS);
}
const first: number[] = [];
for (let round = 0; round < FIRST_ROUNDS; round++) {
  await sleep(SETTLE_MS); // all is sent, and the next change is listened for
  const began = process.hrtime.bigint();
  record(round);
  first.push(Number(process.hrtime.bigint() - began));
}
await link?.stop();
const result: RecordingResult = { nsPerCall: median(many), nsOfFirst: median(first) };
tellResult(result);

function recordOf(one: Operation): (i: number) => void {
  switch (one) {
    case "counter.inc()": {
      const child = registry.counter({ name: "cost_total", help: "h", labelNames: ["a"] }).labels("x");
      return () => child.inc();
    }
    case "gauge.set(v)": {
      const child = registry.gauge({ name: "cost", help: "h", labelNames: ["a"] }).labels("x");
      return (i) => child.set(i * 1.5);
    }
    case "histogram.observe(v)": {
      const child = registry.histogram({ name: "cost_ms", help: "h", labelNames: ["a"] }).labels("x");
      return (i) => child.observe((i % 13) * 0.7);
    }
    case "recordOrder(report, venue)": {
      const metrics = new ArbitrageMetrics(registry);
      const reports: readonly OrderReport[] = Array.from({ length: 64 }, (_, i) => ({
        status: i % 8 === 5 ? "rejected" : "filled",
        volumeQuote: i * 1.5,
        latency: i * 7,
      }));
      return (i) => metrics.recordOrder(reports[i & 63] as OrderReport, i % 3 === 0 ? "dex" : "cex"); // there are 64
    }
    default:
      return one satisfies never;
  }
}
