/**
 * A bot in a process of its own, with the package as it is published. Started by `fork` with the package's URL, Haltwatch's
 * address, the bot's name and how many other series it has.
 */
const [index, url, bot, others = "0"] = process.argv.slice(2);
const { Registry, startLink, TradingPaused } = await import(index);

const registry = new Registry();
const failed = registry.counter({
  name: "orders_failed_total",
  help: "Failed orders.",
  labelNames: ["venue"],
  knownValues: { venue: ["cex", "dex"] },
});
const orders = registry.counter({ name: "orders_total", help: "Orders." });
const other = registry.gauge({ name: "other", help: "Other series.", labelNames: ["i"] });
for (let i = 0; i < Number(others); i++) other.labels(String(i)).set(i);
const link = startLink({ url, bot, registry, token: process.env.LINK_TOKEN ?? "secret", instance: "test" });
const { guard } = link;
guard.onPause(() => ({ cancelled: 3, failed: 1, leftOpen: 1 }));
link.ready.then(() => process.send({ kind: "ready" }));

let wasOpen = guard.allowed("open");
const watch = setInterval(() => {
  const open = guard.allowed("open");
  if (open === wasOpen) return;
  wasOpen = open;
  process.send({ kind: "changed", open, atMs: Date.now() });
}, 1);

process.on("message", async (message) => {
  let tookMs;
  if (message.kind === "fail") for (let i = 0; i < message.count; i++) failed.labels("cex").inc();
  if (message.kind === "order") orders.inc(message.count);
  if (message.kind === "block") {
    const end = performance.now() + message.ms;
    while (performance.now() < end);
  }
  if (message.kind === "react") {
    const began = performance.now();
    failed.labels("cex").inc();
    while (guard.allowed("open")) await new Promise((resolve) => setImmediate(resolve));
    tookMs = performance.now() - began;
  }
  if (message.kind === "stop") {
    clearInterval(watch);
    await link.stop();
  }
  process.send({ kind: "answer", id: message.id, ...answer(message.venue), tookMs });
  if (message.kind === "stop") process.disconnect();
});
process.on("disconnect", () => process.exit(0));

function answer(venue) {
  const scope = venue === undefined ? undefined : { venue };
  const open = guard.allowed("open", scope);
  let error;
  try {
    guard.check("open", scope);
  } catch (thrown) {
    if (!(thrown instanceof TradingPaused)) throw thrown;
    error = { code: thrown.code, rule: thrown.rule ?? null, reason: thrown.reason };
  }
  return {
    ...{ open, error, close: guard.allowed("close", scope), state: guard.state, leaseLeftMs: guard.leaseLeftMs },
    rss: process.memoryUsage().rss,
  };
}
