/** A bot for runtimes.test.ts, with the package as it is published: does what it reads, a line each, and answers with a line. */
import { createInterface } from "node:readline";

const [index, url, token] = process.argv.slice(2);
const { Registry, startLink } = await import(index);

const registry = new Registry();
const failed = registry.counter({ name: "orders_failed_total", help: "Failed orders.", labelNames: ["venue"] });
const link = startLink({ url, token, bot: "runtime-1", registry });
link.guard.onPause(() => ({ cancelled: 2 }));
const { guard } = link;

for await (const word of createInterface({ input: process.stdin })) {
  if (word === "fail") failed.labels("cex").inc();
  if (word === "open" || word === "closed") {
    while (guard.allowed("open") !== (word === "open")) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  if (word === "stop") await link.stop();
  const answer = { open: guard.allowed("open"), close: guard.allowed("close"), atMs: Date.now() };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
