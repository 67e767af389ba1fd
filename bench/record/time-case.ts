/** One case of `record` in its own process: `time-case.ts OPERATION CLIENT SETTING` tells nanoseconds for each call. */
import { measure } from "mitata";
import { tellResult } from "../fresh-process.ts";
import { loadPromClient } from "../prom-client-api.ts";
import { ALONE, AMONG_OTHERS, EMPTY_LOOP, OPENTELEMETRY, RECORD_ORDER, type TimeResult } from "./cases.ts";
import { CALLS, emptyLoop, OPERATIONS } from "./operations.ts";
import { useOtherMetrics } from "./other-metrics.ts";

/** Measured for this long, nanoseconds. */
const MEASURE_NS = 250e6;

const [operation = "", client = "", setting = ALONE] = process.argv.slice(2);
const { p50 } = await measure(await loopOf(), { min_cpu_time: MEASURE_NS });
const result: TimeResult = { nsPerCall: p50 / CALLS };
tellResult(result);

async function loopOf(): Promise<() => void> {
  if (operation === EMPTY_LOOP) return emptyLoop();
  // Loaded only where it is measured: the other clients' processes must not carry it.
  if (operation === RECORD_ORDER) return (await import("./record-order.ts")).recordOrderLoop();
  if (client === OPENTELEMETRY) {
    const { OPENTELEMETRY_OPERATIONS } = await import("./opentelemetry-operations.ts");
    return found(OPENTELEMETRY_OPERATIONS.get(operation))();
  }
  const promClient = await loadPromClient(client);
  if (setting === AMONG_OTHERS) useOtherMetrics(promClient);
  return found(OPERATIONS.find(({ name }) => name === operation)).loop(promClient);
}

function found<T>(one: T | undefined): T {
  if (one === undefined) throw new Error(`${client} has no operation "${operation}"`);
  return one;
}
