/** Ends a bot cleanly on Ctrl-C and SIGTERM: what has to be finished is finished, within two seconds. Row A10. */
import { errorLine } from "./errors.ts";

/** How long the stop may take before the process ends without it, milliseconds. */
const STOP_TIMEOUT_MS = 1800;

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** What a shell reports for a process ended by these signals: 128 and the signal's number. */
const KILLED_BY = { SIGINT: 130, SIGTERM: 143 } as const;

export interface ExitOnSignalOptions {
  /** How long `stop` may take before the process ends without it, milliseconds (default 1,800). */
  readonly timeoutMs?: number | undefined;
}

/**
 * On the first SIGINT or SIGTERM runs `stop`, then ends the process: with code 0, also where `stop` took too long, which is
 * told on stderr; with code 1 if it throws, which is told there too. A second signal ends it at once, with 130 or 143.
 *
 * @param stop what has to be done first; run once
 * @returns takes the handlers away again
 *
 * @example
 * ```ts
 * const monitoring = await startMonitoring();
 * exitOnSignal(() => monitoring.stop());
 * ```
 */
export function exitOnSignal(stop: () => void | Promise<void>, options: ExitOnSignalOptions = {}): () => void {
  const { timeoutMs = STOP_TIMEOUT_MS } = options;
  let stopping = false;
  const onSignal = (signal: "SIGINT" | "SIGTERM"): void => {
    if (stopping) process.exit(KILLED_BY[signal]);
    stopping = true;
    void stopAndExit(stop, timeoutMs);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}

async function stopAndExit(stop: () => void | Promise<void>, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => {
    process.stderr.write(`stopping took longer than ${timeoutMs} ms: ended without waiting further\n`);
    process.exit(0);
  }, timeoutMs);
  try {
    await stop();
    clearTimeout(timer);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${errorLine(error)}\n`);
    process.exit(1);
  }
}
