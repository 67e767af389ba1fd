/**
 * One case of `record` in its own process: `heap-case.ts OPERATION` tells how many bytes each call of ours leaves on the
 * heap.
 *
 * It runs with `--expose-gc` and a young generation larger than all that is allocated meanwhile. Nothing is collected
 * between the two readings, so that even 16 bytes which live for a nanosecond are seen; the control case proves it.
 */
import { PerformanceObserver } from "node:perf_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { tellResult } from "../fresh-process.ts";
import { loadPromClient } from "../prom-client-api.ts";
import { HEAP_CONTROL, type HeapResult, RECORD_ORDER } from "./cases.ts";
import { CALLS, OPERATIONS } from "./operations.ts";
import { recordOrderLoop } from "./record-order.ts";
import { VALUES } from "./rotating.ts";

const CALLS_MEASURED = 10_000_000;

/** Loops before the first reading, in rounds: between them the compiler's threads hand over their work. */
const WARM_UP_ROUNDS = 20;
const WARM_UP_LOOPS = 500;

const [operation = ""] = process.argv.slice(2);
const result: HeapResult = { bytesPerCall: await bytesPerCall(await loopOf(operation)) };
tellResult(result);

async function bytesPerCall(loop: () => void): Promise<number> {
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    for (let i = 0; i < WARM_UP_LOOPS; i++) loop();
    await nextTurn();
  }
  const loops = Math.ceil(CALLS_MEASURED / CALLS);
  globalThis.gc?.();
  await nextTurn();
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  });
  observer.observe({ entryTypes: ["gc"] });
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < loops; i++) loop();
  const after = process.memoryUsage().heapUsed;
  await nextTurn();
  observer.disconnect();
  if (collections > 0) throw new Error("a collection ran between the two readings, so they tell nothing");
  return (after - before) / (loops * CALLS);
}

async function loopOf(operation: string): Promise<() => void> {
  if (operation === HEAP_CONTROL) return boxingLoop();
  if (operation === RECORD_ORDER) return recordOrderLoop();
  const found = OPERATIONS.find(({ name }) => name === operation);
  if (found === undefined) throw new Error(`there is no operation "${operation}"`);
  return found.loop(await loadPromClient("@haltwatch/bot"));
}

function boxingLoop(): () => void {
  const slot: unknown[] = [""]; // holds a string first: not an array of doubles, so each double is boxed
  return () => {
    for (let i = 0; i < CALLS; i++) slot[0] = VALUES[i & 1023];
  };
}
