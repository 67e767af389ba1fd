/** `haltwatch heartbeat run` and `haltwatch balances run`: each as a process of its own, with its own `/metrics`. */
import { ConfigError, collectProcessMetrics, type JsonLog, type Registry } from "@haltwatch/bot";
import { parseBindAddress } from "@haltwatch/bot/config";
import { SYSTEM_CLOCK } from "@haltwatch/probes";
import { type ApiServer, startApi } from "../api/index.ts";
import type { ServerConfig } from "../config/server-config.ts";
import { Secrets } from "../secrets/index.ts";
import { BalanceRun } from "./balance-run.ts";
import { HeartbeatRun, type HeartbeatRunOptions } from "./heartbeat-run.ts";

export interface ProbeServiceOptions {
  readonly config: ServerConfig;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: JsonLog;
  readonly onBeat?: HeartbeatRunOptions["onBeat"];
}

export interface ProbeService extends AsyncDisposable {
  /** Where its metrics are: `http://localhost:9899/metrics`. */
  readonly metricsUrl: string;
  readonly count: number;
  readonly logFile: string;
}

/** @throws {ConfigError}, {SecretError}, {ProbeError}, {ListenError}: then nothing is left running */
export async function startHeartbeatService(options: ProbeServiceOptions): Promise<ProbeService> {
  const { config, onBeat } = options;
  const settings = config.probes.heartbeat;
  if (settings === undefined) throw missing(config, "heartbeat", "Write [heartbeat] presets or [[heartbeat.services]]");
  const run = await HeartbeatRun.start({ ...common(options), settings, ...(onBeat === undefined ? {} : { onBeat }) });
  return served(run, settings.listen, { count: settings.services.length, logFile: settings.log });
}

/** @throws {ConfigError}, {SecretError}, {ProbeError}, {ListenError}: then nothing is left running */
export async function startBalanceService(options: ProbeServiceOptions): Promise<ProbeService> {
  const { config } = options;
  const settings = config.probes.balances;
  if (settings === undefined)
    throw missing(config, "balances", "Write [[balances.wallets]] with name, chain and address");
  const run = await BalanceRun.start({ ...common(options), settings });
  return served(run, settings.listen, { count: settings.wallets.length, logFile: settings.log });
}

function common({ config, env, log }: ProbeServiceOptions) {
  const secrets = new Secrets({
    env,
    folder: config.folder,
    onWarning: (warning) => log.warn("secret_warning", { warning }),
  });
  return { config, secrets, clock: SYSTEM_CLOCK, log };
}

async function served(
  run: AsyncDisposable & { readonly series: { readonly registry: Registry } },
  listen: string,
  facts: { readonly count: number; readonly logFile: string },
): Promise<ProbeService> {
  const { registry } = run.series;
  const stopProcessMetrics = collectProcessMetrics(registry);
  let api: ApiServer | undefined;
  const stop = async (): Promise<void> => {
    await api?.stop();
    stopProcessMetrics();
    await run[Symbol.asyncDispose]();
  };
  try {
    const place = parseBindAddress(listen);
    if (typeof place === "string") throw new TypeError("checked when the configuration was read");
    api = await startApi({
      ...place,
      routes: [
        {
          methods: ["GET"],
          path: "/metrics",
          access: "read",
          handle: async () => ({
            kind: "text",
            status: 200,
            text: await registry.metrics(),
            headers: { "Content-Type": registry.contentType },
          }),
        },
      ],
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...facts, metricsUrl: `${api.url}/metrics`, [Symbol.asyncDispose]: stop };
}

function missing({ file }: ServerConfig, key: string, hint: string): ConfigError {
  return new ConfigError("BAD_VALUE", `[${key}] is not configured`, { file, key, hint });
}
