/** `npm run -s bench -- NAME`: one benchmark beside its peers. Its last line is `RESULT {json}`. */
import { anomaly } from "./anomaly/anomaly.ts";
import { exposition } from "./exposition/exposition.ts";
import { expositionParser } from "./exposition-parser/exposition-parser.ts";
import { linkCost } from "./link-cost/link-cost.ts";
import { notify } from "./notify/notify.ts";
import { page } from "./page/page.ts";
import { probes } from "./probes/probes.ts";
import { promql } from "./promql/promql.ts";
import { reaction } from "./reaction/reaction.ts";
import { record } from "./record/record.ts";
import { scrape } from "./scrape/scrape.ts";
import { store } from "./store/store.ts";

/** Prints a table, and gives what the last line tells. */
type Benchmark = () => Promise<object>;

const BENCHMARKS: ReadonlyMap<string, Benchmark> = new Map([
  ["record", record],
  ["exposition", exposition],
  ["parser", expositionParser],
  ["promql", promql],
  ["store", store],
  ["reaction", reaction],
  ["scrape", scrape],
  ["link-cost", linkCost],
  ["notify", notify],
  ["anomaly", anomaly],
  ["probes", probes],
  ["page", page],
]);

const [name = "", ...rest] = process.argv.slice(2);
const benchmark = rest.length === 0 ? BENCHMARKS.get(name) : undefined;
if (benchmark === undefined) {
  const given = [name, ...rest].join(" ").trim();
  const fault = given === "" ? "which benchmark?" : `there is no benchmark "${given}".`;
  process.stderr.write(`bench: ${fault} Known: ${[...BENCHMARKS.keys()].join(", ")}\n`);
  process.exitCode = 2;
} else {
  process.stdout.write(`RESULT ${JSON.stringify(await benchmark())}\n`);
}
