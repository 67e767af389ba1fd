/**
 * A healthy bot that sends so many orders a second, in a process of its own: `fork("soak-bot.ts", [url, orders a second])`. It
 * asks its guard before each of them, and tells how that went when it is asked.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { ArbitrageMetrics, Registry, startLink } from "@haltwatch/bot";

export interface SoakedBot {
  readonly kind: "standing";
  readonly id: number;
  readonly orders: number;
  /** Orders that its guard refused after the first lease. */
  readonly refused: number;
  /** Changes from a bot that may trade to one that may not: lost leases, and pauses. */
  readonly stops: number;
  /** Why, and what the link told of it, the first few times. */
  readonly reasons: readonly string[];
  /** How little was left of a lease when it was least, milliseconds. */
  readonly leastLeaseLeftMs: number;
  /** How late the event loop was at worst, milliseconds. */
  readonly loopLagMs: number;
  readonly rssBytes: number;
}

export interface ToSoakBot {
  readonly kind: "tell";
  readonly id: number;
}

/** Other series that flow beside the orders. */
const OTHER_SERIES = 1_000;

const MOST_REASONS = 20;

/** Orders that were missed in a busy moment are made up for, but no more than so many at once. */
const MOST_AT_ONCE = 1_000;

const [url = "", rate = "1000"] = process.argv.slice(2);
const registry = new Registry();
const metrics = new ArbitrageMetrics(registry);
const other = registry.gauge({ name: "other", help: "Whatever else a bot has.", labelNames: ["n"] });
const others = Array.from({ length: OTHER_SERIES }, (_, n) => other.labels(String(n)));
const lag = monitorEventLoopDelay({ resolution: 10 });
lag.enable();

const reasons: string[] = [];
const note = (event: string, fields: object = {}): void => {
  if (reasons.length < MOST_REASONS) reasons.push(`${new Date().toISOString()} ${event} ${JSON.stringify(fields)}`);
};
const link = startLink({ url, bot: "soak", registry, log: { info: () => undefined, warn: note, error: note } });
const { guard } = link;
let orders = 0;
let refused = 0;
let stops = 0;
let isTrading = true;
let leastLeaseLeftMs = Number.POSITIVE_INFINITY;

await link.ready;
process.send?.({ kind: "ready" });
const beganMs = performance.now();
let asked = 0;
setInterval(() => {
  const due = Math.floor(((performance.now() - beganMs) / 1000) * Number(rate));
  if (due - asked > MOST_AT_ONCE) asked = due - MOST_AT_ONCE;
  for (; asked < due; asked++) order(asked % 2 === 0 ? "cex" : "dex");
}, 1);
let step = 0;
setInterval(() => {
  step += 1;
  for (const [n, one] of others.entries()) one.set(n + step);
}, 1_000);

function order(venue: "cex" | "dex"): void {
  leastLeaseLeftMs = Math.min(leastLeaseLeftMs, guard.leaseLeftMs);
  const isAllowed = guard.allowed("open", { venue, strategy: "soak" });
  if (isTrading && !isAllowed) {
    stops += 1;
    note("stopped", { reason: guard.cause()?.reason });
  }
  isTrading = isAllowed;
  if (!isAllowed) {
    refused += 1;
    return;
  }
  orders += 1;
  metrics.recordOrder({ status: "filled", volumeQuote: 1_000, latency: 40 }, venue);
}

process.on("message", ({ id }: ToSoakBot) => {
  const standing: SoakedBot = {
    ...{ kind: "standing", id, orders, refused, stops, reasons, leastLeaseLeftMs },
    loopLagMs: lag.max / 1e6,
    rssBytes: process.memoryUsage().rss,
  };
  process.send?.(standing);
});
process.on("disconnect", () => process.exit(0));
