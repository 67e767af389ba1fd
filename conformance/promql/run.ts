/** `npm run -s conformance:promql -- FILE…`: runs Prometheus `.test` files, and says what differs. */
import { readFileSync } from "node:fs";
import { runScript } from "@haltwatch/promql";

const files = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const file of files) {
  for (const { line, query, outcome } of runScript(readFileSync(file, "utf8"))) {
    counts[outcome.kind] += 1;
    if (outcome.kind === "failed") process.stdout.write(`${file}:${line}: ${query}\n  ${outcome.why}\n`);
  }
}
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
if (counts.failed > 0) process.exitCode = 1;
if (files.length === 0) {
  process.stderr.write("Name the files to run: npm run -s conformance:promql -- FILE…\n");
  process.exitCode = 2;
}
