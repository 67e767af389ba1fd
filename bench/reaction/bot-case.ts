/**
 * A bot that records failed orders, one after the other, and tells how long it took until it was not allowed to trade:
 * `node bot-case.ts URL TRIALS OTHER_SERIES`. Each failure is at a venue of its own: an alert of its own.
 */
import { Registry, startLink } from "@haltwatch/bot";
import { tellResult } from "../fresh-process.ts";

const [url = "", trials = 0, otherSeries = 0] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const registry = new Registry();
const failed = registry.counter({ name: "orders_failed_total", help: "Orders that failed.", labelNames: ["venue"] });
const other = registry.gauge({ name: "other", help: "Whatever else a bot has.", labelNames: ["n"] });
const link = startLink({ url, bot: "bench", registry });
const { guard } = link;
await link.ready;

const others = Array.from({ length: otherSeries }, (_, n) => other.labels(String(n)));
let step = 0;
setInterval(() => {
  step += 1;
  for (const [n, one] of others.entries()) one.set(n + step);
}, 1_000).unref();

/** Until this is so; asked again at each turn of the event loop. */
async function until(isSo: () => boolean): Promise<number> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
  return performance.now();
}

async function arm(): Promise<void> {
  const response = await fetch(`${url}/api/haltwatch/arm`, {
    method: "POST",
    headers: { Authorization: `Bearer ${process.env["HALTWATCH_CONTROL_TOKEN"]}` },
    body: JSON.stringify({ scope: "bot:bench", reason: "next trial", by: "bench", force: true }),
  });
  if (!response.ok) throw new Error(await response.text());
  await response.arrayBuffer();
}

const tookMs: number[] = [];
await until(() => guard.allowed("open"));
for (let trial = 0; trial < trials; trial++) {
  // Announced with zero, as a bot's venues are when it starts: the first failure is an increase.
  const venue = failed.labels(`venue-${trial}`);
  const startMs = performance.now() + 60 + Math.random() * 40;
  await until(() => performance.now() >= startMs);
  const begin = performance.now();
  venue.inc();
  tookMs.push((await until(() => !guard.allowed("open"))) - begin);
  await arm();
  await until(() => guard.allowed("open"));
}
await link.stop();
tellResult({ tookMs });
process.exit(0);
