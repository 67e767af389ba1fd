/** For a test: writes numbered rows, and after each flush prints how many are flushed, until it is killed. */
import { CsvSink } from "../csv-sink.ts";

const [dir = "", from = "0"] = process.argv.slice(2);
const sink = await CsvSink.open({
  dir,
  onProblem: (error) => {
    throw error;
  },
});
for (let row = Number(from); row < 1e9; ) {
  for (let i = 0; i < 50; i++) sink.latency("row", row++);
  await sink.flush();
  process.stdout.write(`${row}\n`);
}
