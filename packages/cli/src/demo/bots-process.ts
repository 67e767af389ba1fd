/**
 * The demo's bots, in a process of their own: they talk to Haltwatch over loopback alone, as a user's do. It ends when whoever started
 * it does, whichever way that is.
 */
import { rmSync } from "node:fs";
import { LiveBot, PACKS } from "@haltwatch/packs";
import type { BotPlace, BotSpec, FromBots, ToBots } from "./bots-protocol.ts";

const bots: LiveBot[] = [];
let folder: string | undefined;

async function take(message: ToBots): Promise<void> {
  switch (message.kind) {
    case "start":
      folder = message.folder;
      tell({
        kind: "ready",
        places: await Promise.all(message.bots.map((one, index) => started(one, index, message))),
      });
      return;
    case "link":
      await Promise.all(bots.map((bot) => bot.link(message.url)));
      return;
    case "faults":
      bots.find(({ name }) => name === message.bot)?.suffer(message.faults);
      return;
    case "stop":
      await Promise.all(bots.map((bot) => bot[Symbol.asyncDispose]()));
      process.disconnect(); // nothing keeps it running then
      return;
    default:
      message satisfies never;
  }
}

/** Each has a randomness of its own, which follows from the demo's seed. */
async function started(
  { name, pack: packName, way }: BotSpec,
  index: number,
  { seed, speed, token }: Extract<ToBots, { kind: "start" }>,
): Promise<BotPlace> {
  const pack = PACKS.find((one) => one.name === packName);
  if (pack === undefined) throw new Error(`there is no pack ${packName}`);
  const onState = (state: string, reason: string): void => tell({ kind: "state", bot: name, state, reason });
  const bot = await LiveBot.start({ name, pack, way, seed: (seed + index) % 2 ** 32, speed, token, onState });
  bots.push(bot);
  return { name, metrics: bot.metricsAddress, orchestrator: bot.orchestratorUrl };
}

function tell(message: FromBots): void {
  if (process.connected) process.send?.(message);
}

process.on("message", (message: ToBots) => {
  take(message).catch((error: unknown) => {
    process.stderr.write(`the demo's bots: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
});
process.on("disconnect", () => {
  // If whoever started it was killed, nobody else tidies up.
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
