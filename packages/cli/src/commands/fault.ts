/** `haltwatch fault on|off|list`: what the bots of a running demo are to suffer. */
import type { ShownBot } from "../demo/faults.ts";
import { askHaltwatch } from "../haltwatch-api.ts";

interface At {
  readonly url: string;
  readonly bot?: string;
}

interface Switched {
  readonly bot: string;
  readonly fault: string;
  readonly alerts: readonly string[];
}

/** @param name of a fault, or with its bot before it: `betting-1:sequencer-down` @throws {CommandError} if there is none, or several */
export async function switchOn(name: string, at: At): Promise<void> {
  const { bot, fault, alerts } = await switched(name, at, true);
  process.stdout.write(`${bot} suffers ${fault} now. Expect ${alerts.join(", ")}\n`);
}

/** As {@link switchOn}. */
export async function switchOff(name: string, at: At): Promise<void> {
  const { bot, fault } = await switched(name, at, false);
  process.stdout.write(`${bot} suffers ${fault} no more. What was paused stays so until somebody arms it\n`);
}

export async function listFaults({ url, bot: wanted }: At): Promise<void> {
  const { bots } = await askHaltwatch<{ bots: readonly ShownBot[] }>({ url, path: "/api/haltwatch/demo" });
  for (const { bot, faults } of bots) {
    if (wanted !== undefined && wanted !== bot) continue;
    const width = Math.max(...faults.map(({ name }) => name.length));
    process.stdout.write(`${bot}\n`);
    for (const { name, description, alerts, is_on } of faults)
      process.stdout.write(`  ${is_on ? "ON " : "   "} ${name.padEnd(width)}  ${description} (${alerts.join(", ")})\n`);
  }
}

function switched(text: string, { url, bot }: At, on: boolean): Promise<Switched> {
  const [before, after] = text.split(":", 2);
  const named = after === undefined ? { fault: before, bot } : { fault: after, bot: before };
  return askHaltwatch({ url, path: "/api/haltwatch/demo/fault", body: { ...named, on } });
}
