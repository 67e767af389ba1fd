/** One case of `exposition` in its own process: `scrape-case.ts CLIENT CONTENT` tells how long scrapes take and block. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { tellResult } from "../fresh-process.ts";
import { median } from "../median.ts";
import { loadPromClient } from "../prom-client-api.ts";
import { CONTENTS, type Filled, fill } from "./content.ts";

/** Scrapes before the measured ones, for the compiler; the first is measured on its own. Small ones need more of them. */
const WARM_UP_SCRAPES = 5;
const WARM_UP_LINES = 1_000_000;

/** Scrapes measured for their time, and as many for how long they block. */
const STEADY_SCRAPES = 12;

/** What the case tells, in milliseconds. */
export interface ScrapeResult {
  readonly lines: number;
  readonly firstMs: number;
  readonly firstBlockMs: number;
  /** The median. */
  readonly steadyMs: number;
  /** With the text turned into bytes: a client may give a string that V8 has yet to put together. The median. */
  readonly steadyBytesMs: number;
  /** The longest of all. */
  readonly steadyBlockMs: number;
}

const [client = "", contentName = ""] = process.argv.slice(2);
const content = CONTENTS.get(contentName);
if (content === undefined) throw new Error(`there is no content "${contentName}"`);
const filled = fill(await loadPromClient(client), content);
const result: ScrapeResult = await scrape(filled);
tellResult(result);

async function scrape({ registry, change }: Filled): Promise<ScrapeResult> {
  change();
  globalThis.gc?.(); // what making the series left behind is not the scrape's
  await settled();
  let text = "";
  let firstMs = Number.NaN;
  const firstBlockMs = await longestBlock(async () => {
    const start = performance.now();
    text = await registry.metrics();
    firstMs = performance.now() - start;
  });
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
  for (let i = 0; i < Math.max(WARM_UP_SCRAPES, WARM_UP_LINES / lines); i++) {
    change();
    await registry.metrics();
  }
  const times: number[] = [];
  const bytesTimes: number[] = [];
  const blocks: number[] = [];
  for (let i = 0; i < STEADY_SCRAPES; i++) {
    change();
    await settled();
    blocks.push(await longestBlock(async () => void (await registry.metrics())));
    change();
    await settled();
    const start = performance.now();
    text = await registry.metrics();
    times.push(performance.now() - start);
    Buffer.from(text);
    bytesTimes.push(performance.now() - start);
  }
  return {
    lines,
    firstMs,
    firstBlockMs,
    steadyMs: median(times),
    steadyBytesMs: median(bytesTimes),
    steadyBlockMs: Math.max(...blocks),
  };
}

/**
 * Lets what recording left behind come to an end. Garbage is not collected by force, but before the first: what scrapes leave behind is collected
 * in scrapes, as it is in a bot.
 */
async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await nextTurn();
}

/** The longest that another task of this thread has to wait for its turn meanwhile. */
async function longestBlock(work: () => Promise<void>): Promise<number> {
  let longest = 0;
  let done = false;
  let last = performance.now();
  const probe = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!done) setImmediate(probe);
  };
  setImmediate(probe);
  await nextTurn(); // the probe runs
  await work();
  await nextTurn(); // it has seen the end
  done = true;
  return longest;
}
