/** What is done by the clock while Haltwatch runs: the health check, the backup check, the daily report. */
import { resolve } from "node:path";
import { errorLine, type JsonLog } from "@haltwatch/bot";
import {
  askedOnce,
  type BackupResult,
  CpuMeter,
  checkBackup,
  type Due,
  type HealthReport,
  healthReport,
  Scheduler,
} from "@haltwatch/probes";
import type { Store } from "@haltwatch/store";
import type { ServerConfig } from "../config/server-config.ts";
import type { Clock } from "../scrape/clock.ts";
import { askStore } from "./ask-queries.ts";
import { backupLimits, healthChecks, loadChecks } from "./health-checks.ts";
import { HealthSeries } from "./health-series.ts";
import { type Scheduled, schedulesOf } from "./schedule-config.ts";
import { scheduleMemory } from "./schedule-memory.ts";

/** How long after the start the machine is looked at first, milliseconds: starting is work, and says nothing of what comes. */
const FIRST_LOOK_MS = 10_000;

/** Rules say "for five minutes" of processors and memory, and so these are looked at in between, milliseconds. */
const LOAD_LOOK_MS = 15_000;

/** What is unhealthy is looked at again so soon: rules wait a minute, and one connection that failed is no fault, milliseconds. */
const AGAIN_MS = 20_000;

export interface ScheduledWorkOptions {
  readonly store: Store;
  readonly log: JsonLog;
  readonly clock: Clock;
  readonly config: () => ServerConfig;
  /** The report of the day before this time. */
  readonly report: (dueMs: number) => Promise<void>;
}

export class ScheduledWork implements AsyncDisposable {
  readonly series = new HealthSeries();
  readonly #options: ScheduledWorkOptions;
  readonly #memory: ReturnType<typeof scheduleMemory>;
  readonly #stop = new AbortController();
  #scheduler: Scheduler | undefined;
  #ending: Promise<void> = Promise.resolve();
  readonly #machine = askedOnce();
  readonly #cpu = new CpuMeter();
  /** Of what is looked at in between. */
  readonly #loadCpu = new CpuMeter();
  #load: Promise<void> = Promise.resolve();
  #again: Promise<void> = Promise.resolve();
  #cancelAgain: () => void = () => undefined;
  #cancelLoad: () => void = () => undefined;
  #first: Promise<unknown> = Promise.resolve();
  #cancelFirst: () => void = () => undefined;
  #report: HealthReport | undefined;
  #backups: readonly BackupResult[] = [];
  /** As they were told last: only what changes is news. */
  #unwell: ReadonlySet<string> = new Set();

  /** @throws {StoreError} */
  constructor(options: ScheduledWorkOptions) {
    this.#options = options;
    this.#memory = scheduleMemory(options.store.tables);
  }

  /** From now on; machine and backups are looked at once at the start, so that they are known. */
  start(): void {
    this.#schedule();
    if (this.#isScheduled("backup")) this.#first = this.#lookAtBackups();
    this.#cancelFirst = this.#options.clock.after(FIRST_LOOK_MS, () => {
      const isDue = this.#isScheduled("health") && this.#report === undefined;
      this.#first = Promise.all([this.#first, isDue ? this.#look() : undefined]);
      this.#load = this.#lookAtLoad();
    });
  }

  /** Another configuration is in force. */
  configured(): void {
    if (this.#scheduler === undefined || this.#stop.signal.aborted) return;
    this.#schedule();
    // What nobody looks at any more must not seem to be as it was.
    if (!this.#isScheduled("health")) {
      this.#cancelAgain();
      this.#report = undefined;
      this.series.forgetChecks();
    }
    // Others may be named now, and the next check is hours away.
    if (this.#isScheduled("backup")) this.#first = Promise.all([this.#first, this.#lookAtBackups()]);
    else this.#forgetBackups();
  }

  /** The newest; `undefined` before the first. */
  get health(): HealthReport | undefined {
    return this.#report;
  }

  get backups(): readonly BackupResult[] {
    return this.#backups;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#cancelFirst();
    this.#cancelLoad();
    this.#cancelAgain();
    const begun = [this.#ending, this.#first, this.#load, this.#again];
    await Promise.all([this.#scheduler?.[Symbol.asyncDispose](), ...begun]);
  }

  #isScheduled(name: Scheduled): boolean {
    return this.#options.config().schedule[name] !== "";
  }

  #schedule(): void {
    const { clock, log, config } = this.#options;
    const deeds = {
      health: () => this.#look(),
      backup: () => this.#lookAtBackups(),
      report: ({ dueMs }: Due) => this.#options.report(dueMs),
    } satisfies Record<Scheduled, (due: Due) => Promise<void>>;
    const jobs = schedulesOf(config().schedule).map((job) => ({ ...job, run: deeds[job.name] }));
    const before = this.#scheduler;
    this.#ending = Promise.all([this.#ending, before?.[Symbol.asyncDispose]()]).then(() => undefined);
    this.#scheduler = new Scheduler({
      ...{ jobs, clock },
      // Machine and backups are looked at after each start anyway: only the report is made up for.
      memory: {
        lastDueMs: (name) => (name === "report" ? this.#memory.lastDueMs(name) : undefined),
        done: (name, dueMs) => (name === "report" ? this.#memory.done(name, dueMs) : undefined),
      },
      onLate: (name, { dueMs, missed }) =>
        log.warn("scheduled_late", { name, due: new Date(dueMs).toISOString(), missed }),
      onOverlap: (name, dueMs) => log.warn("scheduled_left_out", { name, due: new Date(dueMs).toISOString() }),
      onFailed: (name, error) => log.error("scheduled_failed", { name, error: errorLine(error) }),
    });
    this.#scheduler.start();
  }

  #forgetBackups(): void {
    this.#backups = [];
    this.series.backupsChecked([]);
  }

  async #lookAtLoad(): Promise<void> {
    const { clock, config } = this.#options;
    if (this.#isScheduled("health")) {
      const report = await healthReport(loadChecks(config(), this.#loadCpu), () => clock.now(), this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      if (this.#isScheduled("health")) this.series.loadChecked(report);
    }
    this.#cancelLoad = clock.after(LOAD_LOOK_MS, () => {
      this.#load = this.#lookAtLoad();
    });
  }

  async #look(): Promise<void> {
    const { store, clock, config } = this.#options;
    const now = (): number => clock.now();
    const checks = healthChecks(config(), { ask: askStore(store, now), now, cpu: this.#cpu, machine: this.#machine });
    const report = await healthReport(checks, now, this.#stop.signal);
    if (this.#stop.signal.aborted || !this.#isScheduled("health")) return;
    this.#report = report;
    this.series.checked(report);
    this.#tell(report.checks);
    this.#cancelAgain();
    if (report.status === "ok") return;
    this.#cancelAgain = clock.after(AGAIN_MS, () => {
      this.#again = this.#look();
    });
  }

  async #lookAtBackups(): Promise<void> {
    const { clock, config } = this.#options;
    const limits = backupLimits(config());
    const { backups, folder } = config();
    const results = await Promise.all(
      backups.map(({ name, path }) => checkBackup({ name, path: resolve(folder, path) }, limits, clock.now())),
    );
    if (this.#stop.signal.aborted) return;
    this.#backups = results;
    this.series.backupsChecked(results);
    for (const { name, status, detail } of results)
      if (status === "unhealthy") this.#options.log.warn("backup_unhealthy", { backup: name, detail });
  }

  #tell(checks: HealthReport["checks"]): void {
    const { log } = this.#options;
    const unwell = new Map(
      checks
        .filter(({ status }) => status === "unhealthy")
        .map((one) => [JSON.stringify([one.kind, one.name]), one] as const),
    );
    for (const [key, { kind, name, detail }] of unwell)
      if (!this.#unwell.has(key)) log.warn("health_unwell", { kind, name, detail });
    for (const key of this.#unwell) {
      const [kind, name]: [string, string] = JSON.parse(key); // written above
      if (!unwell.has(key)) log.info("health_well", { kind, name });
    }
    this.#unwell = new Set(unwell.keys());
  }
}
