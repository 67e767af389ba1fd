/**
 * One case of `parser` in its own process: `parser-case.ts READER FORMAT` tells how many samples a second it reads of
 * bodies of the same 100,000 lines, whose values change from one to the next.
 */
import { OpenMetricsParser, PrometheusTextParser, ScrapeReader } from "@haltwatch/server";
import { CONTENTS, fill } from "../exposition/content.ts";
import { tellResult } from "../fresh-process.ts";
import { median } from "../median.ts";
import { loadPromClient } from "../prom-client-api.ts";

const CONTENT = "100,000 lines";
/** Bodies read in turn: no value stays the same long enough for a processor to foresee its digits. */
const BODIES = 8;
const WARM_UP_READS = 10;
const READS = 31;

/** What the case tells. */
export interface ParserResult {
  readonly samples: number;
  /** The first body, in milliseconds: all its series are new. */
  readonly firstMs: number;
  /** One body, the median, in milliseconds. */
  readonly steadyMs: number;
  /** What is left behind in memory by the reading of one sample, bytes. */
  readonly garbageBytes: number;
}

const [reader = "", format = ""] = process.argv.slice(2);
if (format !== "text" && format !== "openmetrics") throw new Error(`there is no format "${format}"`);
const content = CONTENTS.get(CONTENT);
if (content === undefined) throw new Error(`there is no content "${CONTENT}"`);
const filled = fill(await loadPromClient("@haltwatch/bot"), content);
const bodies: Uint8Array[] = [];
for (let i = 0; i < BODIES; i++) {
  filled.change();
  const text = await filled.registry.metrics();
  bodies.push(Buffer.from(format === "text" ? text : `${text}# EOF\n`)); // without times, the lines are the same
}
globalThis.gc?.();
tellResult(measure(reader === "ScrapeReader" ? scrapeReader() : parser()));

function measure(read: (body: Uint8Array) => number): ParserResult {
  const timed = (i: number): { samples: number; ms: number } => {
    const body = bodies[i % BODIES] ?? new Uint8Array();
    const start = performance.now();
    const samples = read(body);
    return { samples, ms: performance.now() - start };
  };
  const first = timed(0);
  for (let i = 1; i < WARM_UP_READS; i++) timed(i);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const times = Array.from({ length: READS }, (_, i) => timed(i).ms);
  const garbage = process.memoryUsage().heapUsed - before;
  return {
    samples: first.samples,
    firstMs: first.ms,
    steadyMs: median(times),
    garbageBytes: garbage / READS / first.samples,
  };
}

/** All of a body, without its labels. */
function parser(): (body: Uint8Array) => number {
  const parser = format === "text" ? new PrometheusTextParser() : new OpenMetricsParser();
  return (body) => {
    parser.start(body);
    let samples = 0;
    let sum = 0;
    for (let kind = parser.next(); kind !== "end"; kind = parser.next()) {
      if (kind !== "sample") continue;
      samples++;
      sum += parser.value;
    }
    if (!Number.isFinite(sum)) throw new Error("the bodies have finite values only");
    return samples;
  };
}

/** As a server scrapes: a handle for each series takes its value. */
function scrapeReader(): (body: Uint8Array) => number {
  const reader = new ScrapeReader(() => ({ value: 0.5 }));
  return (body) => {
    const { samples } = reader.read(
      body,
      (series, value) => {
        series.value = value;
      },
      format === "openmetrics" ? "openmetrics" : "text",
    );
    return samples;
  };
}
