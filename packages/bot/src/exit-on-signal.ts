/** Ends a bot cleanly on Ctrl-C and SIGTERM: what has to be finished is finished, within two seconds. Row A10. */
import { errorLine } from "./errors.ts";

/** How long the stop may take before the process ends without it, milliseconds. */
const STOP_TIMEOUT_MS = 1800;

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** What a shell reports for a process ended by these signals: 128 and the signal's number. */
const KILLED_BY = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * On the first SIGINT or SIGTERM runs `stop`, then ends the process with code 0 (1 if `stop` throws, which is told on
 * stderr). A second signal ends it at once.
 *
 * @param stop what has to be done first; given {@link STOP_TIMEOUT_MS}
 * @returns takes the handlers away again
 */
export function exitOnSignal(stop: () => void | Promise<void>): () => void {
  let stopping = false;
  const onSignal = (signal: "SIGINT" | "SIGTERM"): void => {
    if (stopping) process.exit(KILLED_BY[signal]);
    stopping = true;
    void stopAndExit(stop);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}

async function stopAndExit(stop: () => void | Promise<void>): Promise<void> {
  const timer = setTimeout(() => {
    process.stderr.write(`stopping took longer than ${STOP_TIMEOUT_MS} ms: ended without waiting further\n`);
    process.exit(0);
  }, STOP_TIMEOUT_MS);
  try {
    await stop();
    clearTimeout(timer);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${errorLine(error)}\n`);
    process.exit(1);
  }
}
