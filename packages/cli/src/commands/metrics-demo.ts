/** `haltwatch metrics-demo`. */
import { metricsDemo } from "@haltwatch/packs";

export interface MetricsDemoFlags {
  readonly duration: number;
  readonly port: number;
  readonly seed: number;
}

/** Ends after its duration, or at once on Ctrl-C or SIGTERM; with exit code 0 in all of these cases. */
export async function runMetricsDemo(flags: MetricsDemoFlags): Promise<void> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    await metricsDemo({
      durationSeconds: flags.duration,
      port: flags.port,
      seed: flags.seed,
      signal: stop.signal,
      print: (line) => process.stdout.write(`${line}\n`),
    });
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}
