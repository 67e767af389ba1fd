/** The heartbeat at work: its services, its log, its series. The same within `haltwatch run` and as a service of its own. */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { errorLine, type JsonLog } from "@haltwatch/bot";
import {
  type Beat,
  BeatLog,
  type Clock,
  Heartbeat,
  parseBeatLine,
  printBeat,
  type Service,
  type ServiceReading,
} from "@haltwatch/probes";
import type { ServerConfig } from "../config/server-config.ts";
import type { HeartbeatSettings } from "./heartbeat-config.ts";
import { HeartbeatSeries } from "./heartbeat-series.ts";
import { heartbeatServices, type ProbeSources } from "./heartbeat-services.ts";

export interface HeartbeatRunOptions {
  readonly settings: HeartbeatSettings;
  readonly config: Pick<ServerConfig, "folder" | "thresholds">;
  readonly secrets: ProbeSources["secrets"];
  readonly clock: Clock;
  readonly log: JsonLog;
  /** Something new is in the series. */
  readonly onChange?: () => void;
  readonly onBeat?: (beat: Beat) => void;
}

export class HeartbeatRun implements AsyncDisposable {
  readonly series: HeartbeatSeries;
  readonly #options: HeartbeatRunOptions;
  readonly #heartbeat: Heartbeat;
  readonly #log: BeatLog;
  /** Within one of them, times that the log has can be compared. */
  readonly #run = randomBytes(4).toString("hex");
  readonly #faults = new Map<Service, string>();
  readonly #readings = new Map<Service, ServiceReading>();

  private constructor(options: HeartbeatRunOptions, services: readonly Service[], log: BeatLog) {
    const { clock, settings } = options;
    this.#options = options;
    this.#log = log;
    this.series = new HeartbeatSeries(services);
    const lastBeatMs = log.lastLine === undefined ? undefined : parseBeatLine(log.lastLine)?.timeMs;
    this.#heartbeat = new Heartbeat({
      ...{ services, clock, lastBeatMs, intervalMs: settings.interval },
      onReading: (service, reading) => this.#read(service, reading),
      onBeat: (beat) => this.#beat(beat),
    });
  }

  /** @throws {SecretError}, {ConfigError}, {ProbeError} for what is not as it should be: then nothing runs */
  static async start(options: HeartbeatRunOptions): Promise<HeartbeatRun> {
    const { settings, config, secrets } = options;
    const services = await heartbeatServices(settings, { thresholds: config.thresholds, secrets });
    let run: HeartbeatRun | undefined;
    const log = await BeatLog.open({
      path: resolve(config.folder, settings.log),
      keepMs: settings.keep,
      onError: (error) => {
        if (run !== undefined) run.#logFailed(error);
      },
    });
    try {
      run = new HeartbeatRun(options, services, log);
    } catch (error) {
      await log[Symbol.asyncDispose]();
      throw error;
    }
    run.#heartbeat.start();
    return run;
  }

  /** What is wrong with a service now, in words. */
  detailOf(name: string): string | undefined {
    for (const [service, { fault }] of this.#readings) if (service.name === name) return fault?.detail;
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#heartbeat.stop();
    await this.#log[Symbol.asyncDispose]();
  }

  #read(service: Service, reading: ServiceReading): void {
    const { log, onChange } = this.#options;
    const { fault } = reading;
    this.series.read(service, reading);
    this.#readings.set(service, reading);
    const before = this.#faults.get(service);
    if (fault !== undefined && before !== fault.kind) {
      this.#faults.set(service, fault.kind);
      log.warn("probe_down", { probe: service.name, target: service.target, fault: fault.kind, detail: fault.detail });
    } else if (fault === undefined && before !== undefined) {
      this.#faults.delete(service);
      log.info("probe_up", { probe: service.name, target: service.target });
    }
    onChange?.();
  }

  #beat(beat: Beat): void {
    const { log, onChange, onBeat, settings } = this.#options;
    this.series.beat(beat);
    this.#log.append(beat.timeMs, printBeat(beat, this.#run, settings.interval));
    if (beat.gap !== undefined) log.warn("heartbeat_gap", { gap_ms: beat.gap.ms, reason: beat.gap.reason });
    if (beat.clockStepMs !== 0) log.warn("clock_was_set", { by_ms: beat.clockStepMs });
    onChange?.();
    onBeat?.(beat);
  }

  #logFailed(error: unknown): void {
    this.series.logFailed();
    this.#options.log.error("heartbeat_log_failed", { error: errorLine(error) });
  }
}
