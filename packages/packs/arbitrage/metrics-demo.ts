/**
 * The smallest thing that shows metrics: made-up opportunities, and an order every two seconds. Row A9.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { initMetrics, type OrderReport, type OrderStatus, type Venue } from "@haltwatch/bot";
import { seededRandom } from "../seeded-random.ts";

/** Time between two orders, milliseconds. */
const ORDER_INTERVAL_MS = 2000;

const VENUES: readonly Venue[] = ["cex", "dex"];

export interface MetricsDemoOptions {
  /** How long it runs, seconds; more than 0. */
  readonly durationSeconds: number;
  /** Port on 127.0.0.1; 0 picks a free one. */
  readonly port: number;
  /** The same seed makes the same orders. */
  readonly seed: number;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
  /** Takes each line meant for people. */
  readonly print: (line: string) => void;
}

/**
 * Serves metrics, makes an order every two seconds, and ends cleanly after its duration or when the signal says so.
 *
 * @throws {ListenError} where the port is taken
 */
export async function metricsDemo(options: MetricsDemoOptions): Promise<void> {
  const { durationSeconds, port, seed, signal, print } = options;
  const monitoring = await initMetrics(
    { prometheus_bind_addr: `127.0.0.1:${port}`, log_level: "warn", bot_name: "metrics-demo" },
    { env: {} },
  );
  print(`Metrics:  ${monitoring.url}`);
  print(`An order every ${ORDER_INTERVAL_MS / 1000} s for ${durationSeconds} s. Ctrl-C ends it.`);
  const random = seededRandom(seed);
  const end = performance.now() + durationSeconds * 1000;
  let orders = 0;
  try {
    while (!signal.aborted) {
      const opportunity = madeUpOpportunity(random);
      monitoring.recordOpportunity(opportunity);
      monitoring.recordLatency("scanner", 5 + random() * 60);
      const venue = VENUES[orders % VENUES.length] ?? "cex";
      const report = madeUpOrder(random, venue, orders + 1);
      monitoring.recordOrder(report, venue);
      orders += 1;
      print(describe(orders, venue, report, opportunity.spreadNetBps));
      const leftMs = end - performance.now();
      await sleep(Math.min(ORDER_INTERVAL_MS, Math.max(0, leftMs)), undefined, { signal });
      if (leftMs <= ORDER_INTERVAL_MS) break;
    }
  } catch (error) {
    if (!signal.aborted) throw error; // the sleep ends with an AbortError, which is how we were told to stop
  } finally {
    await monitoring.stop();
  }
  print(`Done: ${orders} orders.`);
}

function madeUpOpportunity(random: () => number) {
  const spreadGrossBps = round(4 + random() * 20, 2);
  return { symbol: "ETHUSDC", spreadGrossBps, spreadNetBps: round(spreadGrossBps - 6 - random() * 4, 2) };
}

function madeUpOrder(random: () => number, venue: Venue, number: number): OrderReport {
  const draw = random();
  const status: OrderStatus = draw < 0.85 ? "filled" : draw < 0.95 ? "partially_filled" : "rejected";
  const typicalMs = venue === "cex" ? 60 : 300;
  return {
    status,
    orderId: `demo-${number}`,
    symbol: "ETHUSDC",
    side: number % 2 === 0 ? "sell" : "buy",
    volumeQuote: status === "rejected" ? 0 : round(500 + random() * 1500, 2),
    latency: round(typicalMs * (0.5 + random() * 1.5), 1),
    ...(status === "rejected" ? { reason: "price moved" } : {}),
  };
}

function describe(number: number, venue: Venue, report: OrderReport, netBps: number): string {
  const volume = (report.volumeQuote ?? 0).toFixed(2);
  return `order ${number}  ${venue}  ${report.status.padEnd(16)}  ${volume.padStart(8)} USDC  net spread ${netBps.toFixed(2)} bps`;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
