/** For a test: a bot with a large scrape, which stops on a signal. Prints its URL, and "stopping" when it does. */
import { exitOnSignal } from "../../exit-on-signal.ts";
import { Registry } from "../../registry/registry.ts";
import { startMetricsServer } from "../metrics-server.ts";

/** More text than the sockets between two processes hold, so that the rendering waits for its reader. */
const SERIES = 120_000;

const registry = new Registry();
const gauge = registry.gauge({
  name: "depth",
  help: "Depth of an order book.",
  labelNames: ["level"],
  maxSeries: SERIES,
});
for (let level = 0; level < SERIES; level++) gauge.labels(`level-${level}-${"x".repeat(60)}`).set(level);

const server = await startMetricsServer({
  source: registry,
  host: "127.0.0.1",
  port: 0,
  onWarning: (message) => process.stderr.write(`${message}\n`),
});
exitOnSignal(() => {
  process.stdout.write("stopping\n");
  return server.stop();
});
process.stdout.write(`${server.url}\n`);
