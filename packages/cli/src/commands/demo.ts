/** `haltwatch demo`: the simulated bots of packs, or the example arbitrage bot, with Haltwatch watching. */
import { CommandError } from "../command-error.ts";

export interface DemoFlags {
  readonly port: number;
  readonly seed: number;
  /** Seconds. */
  readonly duration?: number;
  readonly pack?: readonly string[];
  readonly speed?: number;
  readonly fault?: readonly string[];
  readonly example?: true;
  readonly botPort?: number;
  readonly replay?: readonly string[];
}

/** Fast enough that something is to be seen soon, and slow enough that all limits hold of healthy bots. */
const USUAL_SPEED = 5;

/** @throws {CommandError} for what does not go together */
export async function demo(flags: DemoFlags, version: string): Promise<void> {
  const { pack, speed = USUAL_SPEED, fault, example, botPort, replay, ...rest } = flags;
  if (example === undefined && botPort === undefined && replay === undefined) {
    const { packDemo } = await import("../demo/pack-demo.ts");
    await packDemo({ ...rest, speed, ...(pack && { pack }), ...(fault && { fault }) }, version);
    return;
  }
  const [odd] = ["pack", "speed", "fault"].filter((name) => Object.hasOwn(flags, name));
  if (odd !== undefined)
    throw new CommandError(
      `--${odd} is of the packs' simulated bots, and --example, --bot-port and --replay of the example bot`,
      "Leave out the one or the other",
    );
  const { exampleDemo } = await import("../demo/example-demo.ts");
  await exampleDemo({ ...rest, botPort: botPort ?? 0, ...(replay && { replay }) }, version);
}
