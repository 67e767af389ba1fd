#!/usr/bin/env node
/** `haltwatch …`: reads the arguments and calls the command. Exit codes: 0 well, 1 not well, 2 wrong use or configuration. */
import { readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { Command, CommanderError, Option } from "commander";
import { duration, pattern, port, seconds, seed, speed, threshold, time } from "./arguments.ts";
import { errorLine, isExplained } from "./command-error.ts";
import { addExportCommands } from "./export-commands.ts";
import { DEFAULT_PORT, DEFAULT_URL, lazily } from "./lazily.ts";
import { addNotifyCommands } from "./notify-commands.ts";
import { addProbeCommands } from "./probe-commands.ts";
import { addUpkeepCommands } from "./upkeep-commands.ts";

// A command starts in half the time when what it loads was compiled before. Not in the temporary folder, where others may write; where
// it cannot be kept, nothing is lost.
const cacheFolder = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
enableCompileCache(process.env["NODE_COMPILE_CACHE"] ?? join(cacheFolder, "haltwatch", "compiled"));

/** The published name and version, from the one place they stand in. */
const packageFile: { version: string } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

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
    .option("--env <name>", "haltwatch.NAME.toml lies over the settings; else as HALTWATCH_ENV says")
    .option("--threshold <name=value>", "a limit, above all files; again for another", threshold, {})
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
    .description("run simulated bots, watch them, and say where to look and what to try")
    .option("--pack <name...>", "bots of these packs, or all; arbitrage, betting and trading without it")
    .option("--speed <number>", "bots live so many times as fast as the clock, up to 10; else 5", speed)
    .option("--fault <name@seconds...>", "switch a fault on after so long: sequencer-down@20, or betting:bot-down@20")
    .option("--port <port>", "port of Haltwatch; 0 picks a free one", port, DEFAULT_PORT)
    .option("--seed <number>", "the same seed makes the same bots and the same market", seed, 1)
    .option("--duration <seconds>", "end by itself after this long", seconds)
    .option("--example", "the example arbitrage bot instead, which trades on paper")
    .option("--bot-port <port>", "of the example bot: port of its metrics", port)
    .option("--replay <file...>", "of the example bot: trade on recorded market data")
    .action(async (flags) => (await import("./commands/demo.ts")).demo(flags, packageFile.version));
  addFaultCommands(program);

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
  addNotifyCommands(program);
  addUpkeepCommands(program);
  addProbeCommands(program);
  addExportCommands(program);
  addStoreCommands(program);
  addSecretCommands(program);
  addCheckCommands(program);
  addConfigCommands(program);
  addPackCommands(program);
  addDashboardCommands(program);
  return program;
}

function addFaultCommands(program: Command): void {
  const fault = program.command("fault").description("make the bots of a running demo suffer");
  const deeds = { on: "switch a fault on", off: "switch it off" } as const;
  for (const name of ["on", "off"] as const) {
    fault
      .command(name)
      .description(`${deeds[name]}; the control token is read from HALTWATCH_CONTROL_TOKEN`)
      .argument("<name>", "such as sequencer-down, as haltwatch fault list prints it")
      .option("--bot <name>", "of which bot, where several know it")
      .option("--url <url>", "where the demo is reached", DEFAULT_URL)
      .action(
        lazily(async () => {
          const { switchOff, switchOn } = await import("./commands/fault.ts");
          return name === "on" ? switchOn : switchOff;
        }),
      );
  }
  fault
    .command("list")
    .description("what can be switched on, and what is")
    .option("--bot <name>", "only of this bot")
    .option("--url <url>", "where the demo is reached", DEFAULT_URL)
    .action(lazily(async () => (await import("./commands/fault.ts")).listFaults));
}

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

function addSecretCommands(program: Command): void {
  const secret = program.command("secret").description("what the system's keyring keeps for Haltwatch");
  secret
    .command("set")
    .description("keep a secret, from the standard input or as it is typed; the configuration then says keyring:NAME")
    .argument("<name>", "such as slack-url")
    .action(async (name: string) => (await import("./commands/secret.ts")).setSecret(name));
  secret
    .command("list")
    .description("print the names of those that are kept")
    .action(async () => (await import("./commands/secret.ts")).listSecrets());
  secret
    .command("delete")
    .description("keep it no longer")
    .argument("<name>", "as it was set")
    .action(async (name: string) => (await import("./commands/secret.ts")).deleteSecret(name));
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
    .description(
      "check haltwatch.toml, or a prometheus.yml, with all the rule files that it names; or an alertmanager.yml",
    )
    .argument("<file>", "settings")
    .option(
      "--routes <label...>",
      "of an alertmanager.yml: who is told of an alert with these labels: severity=critical",
    )
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

function addConfigCommands(program: Command): void {
  const config = program
    .command("config")
    .description("settings: what holds and why, whether they are good, what differs");
  config
    .command("explain")
    .description("each value and where it is from, thresholds among them, and the hash of the whole")
    .argument("[prefix]", "only keys that begin with it, such as thresholds")
    .option("-c, --config <file>", "settings; haltwatch.toml, if it is there, unless another is named")
    .option("--env <name>", "with haltwatch.NAME.toml over it")
    .option("--json", "as JSON")
    .action(lazily(async () => (await import("./commands/config.ts")).explainConfig));
  config
    .command("validate")
    .description("everything that run would refuse, without running")
    .argument("<file>", "settings, or a prometheus.yml")
    .action(lazily(async () => (await import("./commands/check-config.ts")).checkConfig));
  config
    .command("diff")
    .description(
      "what differs between two settings, or between what is running and these; exit code 1 if something does",
    )
    .argument("<file>", "settings")
    .argument("[other]", "other settings; without them the first are compared with what is running")
    .option("--url <url>", "where Haltwatch is reached", DEFAULT_URL)
    .option("--env <name>", "with haltwatch.NAME.toml over them")
    .action(lazily(async () => (await import("./commands/config.ts")).diffConfig));
}

function addPackCommands(program: Command): void {
  const pack = program.command("pack").description("what Haltwatch knows of each kind of bot");
  pack
    .command("list")
    .description("the packs that there are")
    .action(lazily(async () => (await import("./commands/pack.ts")).listPacks));
  pack
    .command("show")
    .description("a pack's metrics, thresholds, alerts and faults")
    .argument("<name>", "a pack, or a folder with one")
    .action(lazily(async () => (await import("./commands/pack.ts")).showPack));
  pack
    .command("enable")
    .description("enable a pack in the settings; comments stay")
    .argument("<name>", "a pack, or a folder as seen from the settings: ./my-pack")
    .option("-c, --config <file>", "settings, made if they are not there", "haltwatch.toml")
    .action(lazily(async () => (await import("./commands/pack.ts")).enablePackCommand));
  pack
    .command("new")
    .description("write a small whole pack of your own to begin with")
    .argument("<name>", "its name, like-this")
    .option("--into <folder>", "where its folder is made", ".")
    .action(lazily(async () => (await import("./commands/pack.ts")).newPack));
  pack
    .command("check")
    .description("say what is wrong with a pack")
    .argument("<name>", "a pack, or a folder with one")
    .action(lazily(async () => (await import("./commands/pack.ts")).checkPackCommand));
}

function addDashboardCommands(program: Command): void {
  const dashboard = program.command("dashboard").description("Grafana dashboards: those of packs, and your own");
  dashboard
    .command("list")
    .description("what the page of a running Haltwatch can show")
    .option("--url <url>", "where Haltwatch is reached", DEFAULT_URL)
    .action(lazily(async () => (await import("./commands/dashboard.ts")).listDashboards));
  dashboard
    .command("export")
    .description("write the dashboards of our packs to a folder, for Grafana")
    .argument("<folder>", "made if it is not there")
    .option("--pack <name>", "only those of this pack")
    .action(lazily(async () => (await import("./commands/dashboard.ts")).exportDashboards));
  dashboard
    .command("open")
    .description("give any Grafana dashboard to a running Haltwatch, and say where it is shown")
    .argument("<file>", "its JSON; the control token is read from HALTWATCH_CONTROL_TOKEN")
    .option("--url <url>", "where Haltwatch is reached", DEFAULT_URL)
    .action(lazily(async () => (await import("./commands/dashboard.ts")).openDashboard));
  dashboard
    .command("remove")
    .description("keep a dashboard no longer that was opened")
    .argument("<uid>", "as list shows it")
    .option("--url <url>", "where Haltwatch is reached", DEFAULT_URL)
    .action(lazily(async () => (await import("./commands/dashboard.ts")).removeDashboard));
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
