/** `haltwatch silence …` and `haltwatch notify …` */
import type { Command } from "commander";
import { DEFAULT_URL, lazily } from "./lazily.ts";

export function addNotifyCommands(program: Command): void {
  const silence = program.command("silence").description("keep alerts from being told for a while; pauses go on");
  silence
    .command("add")
    .description("silence alerts that match; the control token is read from HALTWATCH_CONTROL_TOKEN")
    .argument("<matchers...>", 'labels they have: alertname=OrdersFailing venue=~"cex|dex"')
    .requiredOption("--comment <text>", "why")
    .option("--duration <duration>", "for how long, such as 30m", "1h")
    .option("--by <name>", "who; the user's name unless another is given")
    .option("--url <url>", "where Haltwatch is reached, or an Alertmanager", DEFAULT_URL)
    .action(lazily(async () => (await import("./commands/silence.ts")).addSilence));
  silence
    .command("list")
    .description("what is silenced")
    .option("--all", "those that are over, too")
    .option("--url <url>", "where Haltwatch is reached, or an Alertmanager", DEFAULT_URL)
    .action(lazily(async () => (await import("./commands/silence.ts")).listSilences));
  silence
    .command("expire")
    .description("end silences now")
    .argument("<ids...>", "as haltwatch silence list prints them")
    .option("--url <url>", "where Haltwatch is reached, or an Alertmanager", DEFAULT_URL)
    .action(lazily(async () => (await import("./commands/silence.ts")).expireSilences));

  const notify = program.command("notify").description("whether messages reach people");
  notify
    .command("test")
    .description("send a sample of each level, with its picture, and say what came back")
    .option("--channel <name>", "only this one: slack, or slack[0]")
    .option("--url <url>", "where Haltwatch is reached", DEFAULT_URL)
    .action(lazily(async () => (await import("./commands/notify.ts")).testChannels));
  notify
    .command("status")
    .description("how each channel is; exit code 1 if one is down or has dead letters")
    .option("--url <url>", "where Haltwatch is reached", DEFAULT_URL)
    .action(lazily(async () => (await import("./commands/notify.ts")).channels));
  notify
    .command("dead-letters")
    .description("what was not taken, and why")
    .option("--url <url>", "where Haltwatch is reached", DEFAULT_URL)
    .action(lazily(async () => (await import("./commands/notify.ts")).deadLetters));
  for (const [name, description] of [
    ["retry", "send dead letters again"],
    ["drop", "forget dead letters"],
  ] as const) {
    notify
      .command(name)
      .description(`${description}; all of them, unless some are named`)
      .argument("[ids...]", "as haltwatch notify dead-letters prints them")
      .option("--url <url>", "where Haltwatch is reached", DEFAULT_URL)
      .action(
        lazily(async () => {
          const { dropDeadLetters, retryDeadLetters } = await import("./commands/notify.ts");
          return name === "retry" ? retryDeadLetters : dropDeadLetters;
        }),
      );
  }
}
