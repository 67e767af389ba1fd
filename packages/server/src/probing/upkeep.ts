/**
 * What Haltwatch does beside watching bots: looks at its machine and at backups, makes the daily report, tells somebody outside that
 * it is well.
 */
import { errorLine, type JsonLog } from "@haltwatch/bot";
import { DeadManSwitch, SystemdNotify } from "@haltwatch/probes";
import type { Store } from "@haltwatch/store";
import type { Route } from "../api/index.ts";
import type { ServerConfig } from "../config/server-config.ts";
import type { Notifying } from "../notify/index.ts";
import { reportRoutes } from "../reports/report-routes.ts";
import { Reports } from "../reports/reports.ts";
import type { Clock } from "../scrape/clock.ts";
import type { Secrets } from "../secrets/index.ts";
import { OwnSamples } from "../watching/own-samples.ts";
import { healthRoutes } from "./health-routes.ts";
import { ScheduledWork } from "./scheduled-work.ts";

/** Label `job` of the machine's series. */
const HEALTH_JOB = "health";

export interface UpkeepOptions {
  readonly store: Store;
  readonly secrets: Secrets;
  readonly log: JsonLog;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config: () => ServerConfig;
  readonly notifying: Notifying;
  /** Why Haltwatch itself is not well; `undefined` if it is. */
  readonly fault: () => string | undefined;
  /** What it watches is made up, the machine too: it is not looked at. */
  readonly isDemo: boolean;
}

export class Upkeep implements AsyncDisposable {
  readonly reports: Reports;
  readonly #options: UpkeepOptions;
  readonly #work: ScheduledWork;
  readonly #systemd: SystemdNotify;
  #samples: OwnSamples | undefined;
  #deadMan: DeadManSwitch | undefined;
  /** What the dead-man's switch was made for. */
  #deadManKey = "";

  /** @throws {StoreError} */
  constructor(options: UpkeepOptions) {
    const { store, log, clock, env, config, notifying } = options;
    this.#options = options;
    this.reports = new Reports({ store, config, notifying, now: () => clock.now() });
    const withoutMachine = (given: ServerConfig): ServerConfig => ({
      ...given,
      schedule: { ...given.schedule, health: "", backup: "" },
    });
    this.#work = new ScheduledWork({
      ...{ store, log, clock },
      config: () => (options.isDemo ? withoutMachine(config()) : config()),
      report: (dueMs) => this.reports.scheduled(dueMs),
    });
    this.#systemd = new SystemdNotify({
      env,
      clock,
      onTrouble: (reason) => log.warn("systemd_notify_failed", { reason }),
    });
  }

  /** What `/metrics` shows of the machine. */
  get registry() {
    return this.#work.series.registry;
  }

  /** @param instance where Haltwatch is reached; `undefined`: the machine's series are not kept */
  start(instance: string | undefined): void {
    const { store, clock, log } = this.#options;
    this.#work.start();
    this.#switch();
    void this.#systemd.ready("watching");
    if (instance === undefined || this.#options.isDemo) return;
    const onError = (error: unknown): void => log.error("health_samples_failed", { error: errorLine(error) });
    this.#samples = new OwnSamples({ store, registry: this.registry, clock, job: HEALTH_JOB, instance, onError });
    this.#samples.start();
  }

  /** Another configuration is in force. */
  configured(): void {
    this.#work.configured();
    this.#switch();
  }

  routes(): Route[] {
    const { clock, config } = this.#options;
    return [
      ...healthRoutes(() => this.#work),
      ...reportRoutes({ reports: this.reports, timeZone: () => config().schedule.time_zone, now: () => clock.now() }),
    ];
  }

  /** To be called before the store is closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#deadMan?.[Symbol.dispose]();
    this.#samples?.[Symbol.dispose]();
    await Promise.all([this.#work[Symbol.asyncDispose](), this.#systemd[Symbol.asyncDispose]()]);
  }

  #switch(): void {
    const { clock, secrets, log, fault, config } = this.#options;
    const { url, interval } = config().dead_man;
    const key = JSON.stringify([url, interval]);
    if (key === this.#deadManKey) return;
    this.#deadManKey = key;
    this.#deadMan?.[Symbol.dispose]();
    this.#deadMan = undefined;
    if (url === undefined) return;
    this.#deadMan = new DeadManSwitch({
      ...{ clock, intervalMs: interval, fault },
      url: () => secrets.read(url, "dead_man.url"),
      onTrouble: (reason) => log.warn("dead_man_not_reached", { reason: secrets.redact(reason) }),
    });
    this.#deadMan.start();
  }
}
