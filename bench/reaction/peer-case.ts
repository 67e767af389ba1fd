/**
 * The bot for Prometheus and Alertmanager: `node peer-case.ts TRIALS OTHER_SERIES`. Prints the port where it is scraped (`/metrics`) and
 * told of alerts (`/webhook`), then how long each trial took.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { nodeHandler } from "@haltwatch/bot";
import { tellResult } from "../fresh-process.ts";
import { failingBot } from "./failing-bot.ts";

/** A venue has been seen at zero so often before an order fails there. */
const SCRAPES_BEFORE = 3;

/** Failures come at any moment between two scrapes, milliseconds. */
const SCRAPED_EVERY_MS = 1_000;

const [trials = 0, otherSeries = 0] = process.argv.slice(2).map(Number);
const { registry, venue } = failingBot(otherSeries);
const metrics = nodeHandler(registry);
let scrapes = 0;
let onAlert: (body: string) => void = () => undefined;
const server = createServer((request, response) => {
  if (request.method === "POST") {
    void text(request).then((body) => {
      onAlert(body);
      response.end();
    });
    return;
  }
  scrapes += 1;
  metrics(request, response);
}).listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
if (address === null || typeof address === "string") throw new Error("no port");
process.stdout.write(`${address.port}\n`);

const tookMs: number[] = [];
for (let trial = 0; trial < trials; trial++) {
  const name = `venue-${trial}`;
  const fail = venue(name);
  const seen = scrapes + SCRAPES_BEFORE;
  while (scrapes < seen) await sleep(10);
  await sleep(Math.random() * SCRAPED_EVERY_MS);
  const beginMs = performance.now();
  fail();
  await new Promise<void>((resolve) => {
    onAlert = (body) => {
      if (body.includes(`"venue":"${name}"`)) resolve();
    };
  });
  tookMs.push(performance.now() - beginMs);
}
tellResult({ tookMs });
process.exit(0);
