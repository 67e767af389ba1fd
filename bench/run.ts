/** `npm run -s bench -- NAME`: one benchmark beside its peers. Its last line is `RESULT {json}`. */
import { exposition } from "./exposition/exposition.ts";
import { promql } from "./promql/promql.ts";
import { record } from "./record/record.ts";

/** Prints a table, and gives what the last line tells. */
type Benchmark = () => Promise<object>;

const BENCHMARKS: ReadonlyMap<string, Benchmark> = new Map([
  ["record", record],
  ["exposition", exposition],
  ["promql", promql],
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
