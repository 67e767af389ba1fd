/** Reading what targets expose: the parser alone, and the reader that remembers the series of the scrape before. */
import { inFreshProcess } from "../fresh-process.ts";
import { median, rounded } from "../median.ts";
import { printTable } from "../table.ts";
import type { ParserResult } from "./parser-case.ts";

const RUNS = 5;
/** A young generation larger than all that is allocated meanwhile: no collection hides any of it. */
const NODE_FLAGS = ["--expose-gc", "--min-semi-space-size=512", "--max-semi-space-size=512"];
const FORMATS = ["text", "openmetrics"] as const;

export async function expositionParser(): Promise<object> {
  const parser = await measureFormats("parser");
  const reader = await measureFormats("ScrapeReader");
  printTable(
    ["100,000 lines", "first, ms", "steady, ms", "million samples/s", "garbage, bytes/sample"],
    [...parser, ...reader].map(([title, { firstMs, steadyMs, samples, garbageBytes }]) => [
      title,
      firstMs.toFixed(1),
      steadyMs.toFixed(2),
      (samples / steadyMs / 1000).toFixed(1),
      garbageBytes.toFixed(1),
    ]),
  );
  const perSecond = (results: ReadonlyMap<string, ParserResult>, title: string): number => {
    const { samples, steadyMs } = results.get(title) ?? { samples: Number.NaN, steadyMs: Number.NaN };
    return rounded((1000 * samples) / steadyMs, 0);
  };
  return {
    samples_per_second: perSecond(parser, "parser, text"),
    steady_samples_per_second: perSecond(reader, "ScrapeReader, text"),
    openmetrics_samples_per_second: perSecond(parser, "parser, openmetrics"),
    openmetrics_steady_samples_per_second: perSecond(reader, "ScrapeReader, openmetrics"),
    first_scrape_ms: rounded(reader.get("ScrapeReader, text")?.firstMs ?? Number.NaN),
    steady_garbage_bytes_per_sample: rounded(reader.get("ScrapeReader, text")?.garbageBytes ?? Number.NaN),
  };
}

async function measureFormats(reader: string): Promise<Map<string, ParserResult>> {
  const results = new Map<string, ParserResult>();
  for (const format of FORMATS) {
    process.stderr.write(`parser: ${reader}, ${format}\n`);
    const runs: ParserResult[] = [];
    for (let run = 0; run < RUNS; run++) {
      const file = new URL("parser-case.ts", import.meta.url);
      runs.push(await inFreshProcess<ParserResult>(file, [reader, format], NODE_FLAGS));
    }
    const of = (numberOf: (result: ParserResult) => number): number => median(runs.map(numberOf));
    results.set(`${reader}, ${format}`, {
      samples: of((result) => result.samples),
      firstMs: of((result) => result.firstMs),
      steadyMs: of((result) => result.steadyMs),
      garbageBytes: of((result) => result.garbageBytes),
    });
  }
  return results;
}
