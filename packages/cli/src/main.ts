#!/usr/bin/env node
/** `haltwatch …`: reads the arguments and calls the command. Exit codes: 0 well, 1 not well, 2 wrong use or configuration. */
import { readFileSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { errorLine, isExplained } from "./command-error.ts";
import { readCsv } from "./commands/csv.ts";
import { demo } from "./commands/demo.ts";
import { runMetricsDemo } from "./commands/metrics-demo.ts";

/** The published name and version, from the one place they stand in. */
const packageFile: { version: string } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

const DEFAULT_PORT = 9898;

/** Longest that a timer can wait, about 24 days. */
const MAX_SECONDS = 2_147_483;

function commands(): Command {
  const program = new Command("haltwatch")
    .description("Watches trading bots, and halts them.")
    .version(packageFile.version)
    .option("--debug", "show where an error came from")
    .showHelpAfterError("Run it with --help to see what it takes.")
    .exitOverride();

  program
    .command("demo")
    .description("run the example arbitrage bot, and say where to look")
    .option("--port <port>", "port to serve metrics on", port, DEFAULT_PORT)
    .option("--seed <number>", "the same seed makes the same market", seed, 1)
    .option("--duration <seconds>", "end by itself after this long", seconds)
    .option("--replay <file...>", "trade on recorded market data instead of a simulated market")
    .action(demo);

  program
    .command("metrics-demo")
    .description("serve made-up metrics: an order every 2 s")
    .option("--duration <seconds>", "how long it runs", seconds, 60)
    .option("--port <port>", "port to serve metrics on; 0 picks a free one", port, DEFAULT_PORT)
    .option("--seed <number>", "the same seed makes the same orders", seed, 1)
    .action(runMetricsDemo);

  program
    .command("csv")
    .description("read back the records a bot wrote to CSV")
    .argument("<path...>", "CSV files, or directories of them")
    .option("--json", "print each record as a line of JSON")
    .action(readCsv);

  return program;
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value <= MAX_SECONDS) return value;
  throw new InvalidArgumentError(`Give a number of seconds above 0, up to ${MAX_SECONDS}.`);
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("Give a port, from 0 to 65535.");
}

function seed(text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return Number(text);
  throw new InvalidArgumentError("Give a whole number from 0 to 4294967295.");
}

/** Prints the one line, and gives the exit code. */
function failed(error: unknown): number {
  // Commander has printed its own message; asking for help or the version is no mistake.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  process.stderr.write(`haltwatch: ${errorLine(error)}\n`);
  if (process.argv.includes("--debug") && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return isExplained(error) ? 2 : 1;
}

// Whoever reads our output may stop reading (`| head`): then there is nothing left to do.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  await commands().parseAsync();
} catch (error) {
  process.exitCode = failed(error);
}
