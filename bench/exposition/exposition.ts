/** The whole exposition beside the other clients: how long a scrape takes, and how long it keeps the bot waiting. */
import { inFreshProcess } from "../fresh-process.ts";
import { median, rounded } from "../median.ts";
import { PROM_CLIENTS } from "../prom-client-api.ts";
import { printTable } from "../table.ts";
import { CONTENTS } from "./content.ts";
import type { ScrapeResult } from "./scrape-case.ts";

const RUNS = 5;
const OURS = "@haltwatch/bot";
const PEERS = PROM_CLIENTS.filter((client) => client !== OURS);

/** For how long we block. The others block for as long as their scrape takes, which the other contents show. */
const BLOCK_CONTENT = "100,000 series";

/** By client: the median of the runs in each of the result's numbers. */
type Scrapes = ReadonlyMap<string, ScrapeResult>;

export async function exposition(): Promise<object> {
  const scrapes = new Map<string, Scrapes>();
  for (const content of CONTENTS.keys()) {
    const measured = await measureScrapes(content, content === BLOCK_CONTENT ? [OURS] : PROM_CLIENTS);
    scrapes.set(content, measured);
    printTable(
      [`${content}, ms`, "first", "steady", "steady, as bytes", "first blocks", "steady blocks"],
      [...measured].map(([client, { firstMs, steadyMs, steadyBytesMs, firstBlockMs, steadyBlockMs }]) => [
        client,
        ...[firstMs, steadyMs, steadyBytesMs, firstBlockMs, steadyBlockMs].map((ms) => ms.toFixed(1)),
      ]),
    );
  }
  const of = (content: string): Scrapes => scrapes.get(content) ?? new Map();
  const ourSeries = of(BLOCK_CONTENT).get(OURS);
  return {
    ratio_10k: ratio(of("10,000 lines"), (result) => result.steadyMs),
    ratio_100k: ratio(of("100,000 lines"), (result) => result.steadyMs),
    ratio_10k_bytes: ratio(of("10,000 lines"), (result) => result.steadyBytesMs),
    ratio_100k_bytes: ratio(of("100,000 lines"), (result) => result.steadyBytesMs),
    ratio_10k_first: ratio(of("10,000 lines"), (result) => result.firstMs),
    ratio_100k_first: ratio(of("100,000 lines"), (result) => result.firstMs),
    max_block_ms: rounded(ourSeries?.steadyBlockMs ?? Number.NaN),
    first_max_block_ms: rounded(ourSeries?.firstBlockMs ?? Number.NaN),
  };
}

/** Client after client, then again: what disturbs the machine for a while disturbs all alike. */
async function measureScrapes(content: string, clients: readonly string[]): Promise<Scrapes> {
  const runs = new Map(clients.map((client) => [client, [] as ScrapeResult[]]));
  for (let run = 1; run <= RUNS; run++) {
    process.stderr.write(`exposition, ${content}: run ${run} of ${RUNS}\n`);
    for (const [client, results] of runs) {
      const file = new URL("scrape-case.ts", import.meta.url);
      results.push(await inFreshProcess<ScrapeResult>(file, [client, content], ["--expose-gc"]));
    }
  }
  return new Map([...runs].map(([client, results]) => [client, medianOf(results)]));
}

function medianOf(results: readonly ScrapeResult[]): ScrapeResult {
  const of = (numberOf: (result: ScrapeResult) => number): number => median(results.map(numberOf));
  return {
    lines: of((result) => result.lines),
    firstMs: of((result) => result.firstMs),
    firstBlockMs: of((result) => result.firstBlockMs),
    steadyMs: of((result) => result.steadyMs),
    steadyBytesMs: of((result) => result.steadyBytesMs),
    steadyBlockMs: of((result) => result.steadyBlockMs),
  };
}

/** The fastest peer's time / ours. */
function ratio(scrapes: Scrapes, timeOf: (result: ScrapeResult) => number): number {
  const times = new Map([...scrapes].map(([client, result]) => [client, timeOf(result)]));
  const theirs = PEERS.map((peer) => times.get(peer) ?? Number.NaN);
  return rounded(Math.min(...theirs) / (times.get(OURS) ?? Number.NaN));
}
