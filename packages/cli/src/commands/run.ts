/** `haltwatch run`: watches, until it is told to stop. */
import { setFlagsFromString } from "node:v8";
import { type ConfigLayers, Haltwatch, openLog, readServerConfig } from "@haltwatch/server";
import { untilSignal } from "../until-signal.ts";

export interface RunFlags {
  readonly config?: string;
  readonly listen?: string;
  readonly storage?: string;
  readonly prometheusConfig?: string;
  readonly env?: string;
  readonly threshold?: Readonly<Record<string, string>>;
}

/** @returns once it has stopped */
export async function run(flags: RunFlags, version: string): Promise<void> {
  // What is appended lives long or for a moment: a young generation of 48 MB would be for nothing.
  setFlagsFromString("--max-semi-space-size=2");
  setFlagsFromString("--semi-space-growth-factor=1");
  const layers: ConfigLayers = {
    file: flags.config,
    env: process.env,
    environment: flags.env,
    thresholds: flags.threshold,
    commandLine: {
      "web.listen": flags.listen,
      "storage.path": flags.storage,
      prometheus_config: flags.prometheusConfig,
    },
  };
  const readConfig = () => readServerConfig(layers);
  const config = readConfig();
  const log = await openLog(config);
  await using haltwatch = await Haltwatch.start({ config, readConfig, env: process.env, log, version });
  process.stdout.write(started(haltwatch));
  const reload = (): void => {
    // What is wrong has been told in the log; what was in force stays.
    haltwatch.reload().catch(() => undefined);
  };
  process.on("SIGHUP", reload);
  try {
    await untilSignal();
  } finally {
    process.off("SIGHUP", reload);
  }
}

function started({ url, config }: Haltwatch): string {
  const targets = config.jobs.length === 1 ? "1 job" : `${config.jobs.length} jobs`;
  return `Haltwatch is watching ${targets}. Ctrl-C ends it.

  API        ${url}/api/v1/query?query=up
  its state  ${url}/metrics
  samples    ${config.storage.path}
  settings   ${config.file ?? "none: all defaults"} (hash ${config.hash.slice(0, 12)})

`;
}
