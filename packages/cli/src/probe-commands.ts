/** Commands that look at venues, chains and wallets. */
import type { Command } from "commander";
import { duration, hours } from "./arguments.ts";
import { lazily } from "./lazily.ts";

const CONFIG = ["-c, --config <file>", "settings; haltwatch.toml, if it is there, unless another is named"] as const;
const ENVIRONMENT = ["--env <name>", "with haltwatch.NAME.toml over it; else as HALTWATCH_ENV says"] as const;

export function addProbeCommands(program: Command): void {
  const heartbeat = program
    .command("heartbeat")
    .description("venues, JSON-RPCs, sequencers and exchanges, looked at every 30 s");
  heartbeat
    .command("run")
    .description("look at them as a service of its own, with its own /metrics")
    .option(...CONFIG)
    .option(...ENVIRONMENT)
    .action(lazily(async () => (await import("./commands/heartbeat.ts")).runHeartbeat));
  heartbeat
    .command("check")
    .description("look at them once; exit code 1 if one is not well")
    .option(...CONFIG)
    .option(...ENVIRONMENT)
    .option("--json", "as JSON")
    .action(lazily(async () => (await import("./commands/heartbeat.ts")).checkHeartbeat));
  heartbeat
    .command("verify")
    .description("prove that a log has no gap; exit code 1 if it has one")
    .argument("<file>", "such as monitoring/heartbeat.log; days before are read with it")
    .option("--since <duration>", "from so long ago until now", duration, 86_400)
    .option("--json", "as JSON")
    .action(lazily(async () => (await import("./commands/heartbeat.ts")).verifyHeartbeat));

  const balances = program
    .command("balances")
    .description("read what wallets hold, once; exit code 1 if one is low or cannot be read")
    .option(...CONFIG)
    .option(...ENVIRONMENT)
    .option("--json", "as JSON")
    .action(lazily(async () => (await import("./commands/balances.ts")).showBalances));
  balances
    .command("run")
    .description("read them again and again as a service of its own, with its own /metrics")
    .option(...CONFIG)
    .option(...ENVIRONMENT)
    // Options of the command above are taken by it, also where they are written behind this one.
    .action(async (_, run: Command) => (await import("./commands/balances.ts")).runBalances(run.optsWithGlobals()));

  program
    .command("soak")
    .description("run a part for hours and look whether it holds")
    .command("heartbeat")
    .description("beats on services that are well, hang, lie and are dead; exit code 1 if one is missing")
    .option("--hours <number>", "how long", hours, 24)
    .option("--interval <duration>", "between two beats", duration, 30)
    .option("--log <file>", "where beats are written", "monitoring/heartbeat-soak.log")
    .action(lazily(async () => (await import("./commands/heartbeat.ts")).soak));
}
