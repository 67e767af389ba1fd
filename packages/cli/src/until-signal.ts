/** Waits until whoever started the program wants it to end. */
import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Resolves at the first SIGINT or SIGTERM. A second one ends the process at once, with what a shell reports for it. */
export async function untilSignal(): Promise<void> {
  const signal = await new Promise<(typeof SIGNALS)[number]>((resolve) => {
    for (const one of SIGNALS) process.once(one, () => resolve(one));
  });
  for (const one of SIGNALS) process.on(one, () => process.exit(128 + constants.signals[signal]));
}
