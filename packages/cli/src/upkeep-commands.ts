/** Commands that look at the machine, at backups, and at the day that was. */
import type { Command } from "commander";
import { Option } from "commander";
import { DEFAULT_URL, lazily } from "./lazily.ts";

const CONFIG = ["-c, --config <file>", "settings; haltwatch.toml, if it is there, unless another is named"] as const;
const ENVIRONMENT = ["--env <name>", "with haltwatch.NAME.toml over it; else as HALTWATCH_ENV says"] as const;

export function addUpkeepCommands(program: Command): void {
  program
    .command("health")
    .description("look at this machine and at what bots depend on; exit code 1 if something is unhealthy")
    .option(...CONFIG)
    .option(...ENVIRONMENT)
    .option("--json", "as JSON")
    .action(lazily(async () => (await import("./commands/health.ts")).health));

  program
    .command("backup")
    .description("backups, as [[backups]] in the settings names them")
    .command("check")
    .description("the newest one's age and size against their limits; exit code 1 if one is not well")
    .option(...CONFIG)
    .option(...ENVIRONMENT)
    .option("--json", "as JSON")
    .action(lazily(async () => (await import("./commands/backup.ts")).checkBackups));

  const schedule = program.command("schedule").description("what is done when");
  schedule
    .command("list")
    .description("the next times of each")
    .option(...CONFIG)
    .option(...ENVIRONMENT)
    .action(lazily(async () => (await import("./commands/schedule.ts")).listSchedule));
  schedule
    .command("export")
    .description("the same for others to keep to, where haltwatch run does not run")
    .option(...CONFIG)
    .option(...ENVIRONMENT)
    .addOption(new Option("--format <format>", "for whom").choices(["systemd", "crontab"]).default("systemd"))
    .action(lazily(async () => (await import("./commands/schedule.ts")).exportSchedule));

  const report = program.command("report").description("the day in figures; tokens are read from the environment");
  report
    .command("daily")
    .description("make it; without --out or with --send it is kept, which wants HALTWATCH_CONTROL_TOKEN")
    .option("--date <date>", "which day, such as 2026-11-20; else yesterday")
    .option("--time-zone <name>", "whose day, such as Europe/Berlin; else as [schedule] says")
    .option("--send", "to the channels that take what is for information")
    .option("--out <file>", "write the page there")
    .option("--url <url>", "where Haltwatch is reached", DEFAULT_URL)
    .action(lazily(async () => (await import("./commands/report.ts")).dailyReport));
  report
    .command("list")
    .description("those that are kept")
    .option("--url <url>", "where Haltwatch is reached", DEFAULT_URL)
    .action(lazily(async () => (await import("./commands/report.ts")).listReports));
}
