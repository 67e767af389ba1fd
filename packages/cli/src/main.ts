#!/usr/bin/env node
/** `haltwatch …`: reads the arguments and calls the command. Exit codes: 0 well, 1 not well, 2 wrong use or configuration. */
import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { duration, pattern, port, seconds, seed, time } from "./arguments.ts";
import { errorLine, isExplained } from "./command-error.ts";

/** The published name and version, from the one place they stand in. */
const packageFile: { version: string } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

const DEFAULT_PORT = 9898;

/** Where samples are, unless told otherwise. */
const DEFAULT_STORE = "haltwatch.db";

function commands(): Command {
  const program = new Command("haltwatch")
    .description("Watches trading bots, and halts them.")
    .version(packageFile.version)
    .option("--debug", "show where an error came from")
    .showHelpAfterError("Run it with --help to see what it takes.")
    .exitOverride();

  program
    .command("run")
    .description("watch: scrape targets, evaluate rules, serve the API")
    .option("-c, --config <file>", "settings; haltwatch.toml, if it is there, unless another is named")
    .option("--listen <address>", "where to serve the API, such as 127.0.0.1:9898")
    .option("--storage <file>", "where samples are kept")
    .option("--prometheus-config <file>", "a prometheus.yml to take targets and rule files from")
    .action(async (flags) => (await import("./commands/run.ts")).run(flags, packageFile.version));

  program
    .command("query")
    .description("ask a running Haltwatch, or any Prometheus")
    .argument("<expr>", "a PromQL query")
    .option("--url <url>", "where it is reached", DEFAULT_URL)
    .option("--at <time>", "at this time: RFC 3339, or seconds since 1970; else now", time)
    .option("--range <duration>", "from so long before until then, drawn", duration)
    .option("--step <duration>", "between two points of a range", duration)
    .option("--json", "print the answer as it is")
    .action(lazily(async () => (await import("./commands/query.ts")).query));

  program
    .command("demo")
    .description("run the example arbitrage bot, watch it, and say where to look")
    .option("--port <port>", "port of Haltwatch", port, DEFAULT_PORT)
    .option("--bot-port <port>", "port of the bot's metrics; 0 picks a free one", port, 0)
    .option("--seed <number>", "the same seed makes the same market", seed, 1)
    .option("--duration <seconds>", "end by itself after this long", seconds)
    .option("--replay <file...>", "trade on recorded market data instead of a simulated market")
    .action(async (flags) => (await import("./commands/demo.ts")).demo(flags, packageFile.version));

  program
    .command("metrics-demo")
    .description("serve made-up metrics: an order every 2 s")
    .option("--duration <seconds>", "how long it runs", seconds, 60)
    .option("--port <port>", "port to serve metrics on; 0 picks a free one", port, DEFAULT_PORT)
    .option("--seed <number>", "the same seed makes the same orders", seed, 1)
    .action(lazily(async () => (await import("./commands/metrics-demo.ts")).runMetricsDemo));

  program
    .command("csv")
    .description("read back the records a bot wrote to CSV")
    .argument("<path...>", "CSV files, or directories of them")
    .option("--json", "print each record as a line of JSON")
    .action(lazily(async () => (await import("./commands/csv.ts")).readCsv));

  addPauseCommands(program);
  addStoreCommands(program);
  addCheckCommands(program);
  return program;
}

/** A command's module is loaded when it is called: no command waits for what only another needs. */
function lazily<A extends unknown[]>(load: () => Promise<(...args: A) => unknown>): (...args: A) => Promise<void> {
  return async (...args) => {
    await (await load())(...args);
  };
}

const DEFAULT_URL = `http://localhost:${DEFAULT_PORT}`;

function addPauseCommands(program: Command): void {
  program
    .command("status")
    .description("what is paused, what fires, what does not answer; exit code 1 if there is any of it")
    .option("--url <url>", "where Haltwatch is reached", DEFAULT_URL)
    .action(lazily(async () => (await import("./commands/pausing.ts")).status));
  program
    .command("pause")
    .description("stop trading; the control token is read from HALTWATCH_CONTROL_TOKEN")
    .requiredOption("--scope <scope>", "all, bot:NAME, venue:NAME or strategy:NAME, or several with commas between")
    .requiredOption("--reason <text>", "why")
    .option("--reduce", "let positions be closed; without it nothing is let through")
    .option("--by <name>", "who; else the user that runs this")
    .option("--url <url>", "where Haltwatch is reached", DEFAULT_URL)
    .action(lazily(async () => (await import("./commands/pausing.ts")).pause));
  program
    .command("arm")
    .description("let trading go on after a pause; the control token is read from HALTWATCH_CONTROL_TOKEN")
    .requiredOption("--scope <scope>", "as it was paused")
    .requiredOption("--reason <text>", "why it is safe to trade again")
    .option("--force", "although the rule that paused it still fires")
    .option("--by <name>", "who; else the user that runs this")
    .option("--url <url>", "where Haltwatch is reached", DEFAULT_URL)
    .action(lazily(async () => (await import("./commands/pausing.ts")).arm));

  const journal = program.command("journal").description("who paused, armed and changed what, when and why");
  const entries = { show: "print it", export: "print it as lines of JSON, with hashes" } as const;
  for (const [name, description] of Object.entries(entries)) {
    journal
      .command(name)
      .description(description)
      .option("--kind <kind>", "only entries of this kind: pause, arm, forced-arm, …")
      .option("--url <url>", "where Haltwatch is reached", DEFAULT_URL)
      .action(
        lazily(async () => {
          const { exportJournal, showJournal } = await import("./commands/pausing.ts");
          return name === "show" ? showJournal : exportJournal;
        }),
      );
  }
  journal
    .command("verify")
    .description("find out whether an entry was changed, removed, inserted or put elsewhere")
    .option("--url <url>", "where Haltwatch is reached", DEFAULT_URL)
    .action(lazily(async () => (await import("./commands/pausing.ts")).verifyJournal));
}

function addStoreCommands(program: Command): void {
  program
    .command("import")
    .description("take in OpenMetrics text with timestamps")
    .argument("<file...>", "text, or text packed with gzip or zstd; - is the standard input")
    .option("--into <file>", "the store's file, made if it is not there", DEFAULT_STORE)
    .action(lazily(async () => (await import("./commands/import.ts")).importCommand));

  program
    .command("dump")
    .description("print what a store holds as OpenMetrics text, which import takes in again")
    .option("--from <file>", "the store's file", DEFAULT_STORE)
    .option("--match <selector...>", "only series that one of these selects, such as 'up{job=\"bot\"}'")
    .option("--start <time>", "only samples from this time on: RFC 3339, or seconds since 1970", time)
    .option("--end <time>", "only samples up to this time", time)
    .option("--omit-stale", "for other programs: leave out the samples that say that a series ended")
    .action(lazily(async () => (await import("./commands/dump.ts")).dumpCommand));

  program
    .command("salvage")
    .description("save what can be read of a damaged store, and say what is lost")
    .argument("<damaged>", "the store's file; it is only read")
    .argument("<new-file>", "where to put what can be read")
    .action(lazily(async () => (await import("./commands/salvage.ts")).salvageCommand));
}

function addCheckCommands(program: Command): void {
  const check = program.command("check").description("say what is wrong with rule files or metrics");
  check
    .command("rules")
    .description("check Prometheus rule files")
    .argument("<file...>", "rule files")
    .addOption(
      new Option("--lint <what>", "what to warn of").choices(["duplicate-rules", "none"]).default("duplicate-rules"),
    )
    .action(lazily(async () => (await import("./commands/check.ts")).checkRulesCommand));
  check
    .command("config")
    .description("check haltwatch.toml, or a prometheus.yml, with all the rule files that it names")
    .argument("<file>", "settings")
    .action(lazily(async () => (await import("./commands/check-config.ts")).checkConfig));
  check
    .command("metrics")
    .description("check metrics in the text format, from the standard input, for faults and unusual names")
    .action(lazily(async () => (await import("./commands/check.ts")).checkMetricsCommand));

  program
    .command("test")
    .description("run tests")
    .command("rules")
    .description("run rule unit tests, in promtool's format")
    .argument("<file...>", "test files")
    .option("--run <pattern>", "only tests whose name this regular expression matches", pattern)
    .action(lazily(async () => (await import("./commands/test-rules.ts")).testRulesCommand));
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
  process.exit(failed(error));
});

try {
  await commands().parseAsync();
} catch (error) {
  process.exitCode = failed(error);
}
