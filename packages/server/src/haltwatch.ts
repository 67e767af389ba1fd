/** Puts it all together: sources → store → rules → actions, and the API that shows it. */

import { hostname } from "node:os";
import { resolve } from "node:path";
import type { JsonLog } from "@haltwatch/bot";
import { errorLine } from "@haltwatch/bot";
import { parseBindAddress } from "@haltwatch/bot/config";
import { Guard, type GuardChange, printScope } from "@haltwatch/guard";
import { formatDuration } from "@haltwatch/promql";
import { ReactiveRules, type RuleGroup } from "@haltwatch/rules";
import { Store } from "@haltwatch/store";
import { botAccess, certificateOf, tokensOf } from "./access.ts";
import { logAlert } from "./alert-log.ts";
import { type ApiServer, type ApiSources, prometheusRoutes, type QueryOptions, startApi } from "./api/index.ts";
import type { ServerConfig } from "./config/server-config.ts";
import { LINK_PATH, LinkServer } from "./link/index.ts";
import { OwnMetrics } from "./own-metrics.ts";
import { ownRoutes } from "./own-routes.ts";
import { guardLink } from "./pausing/guard-link.ts";
import { PauseActions } from "./pausing/pause-actions.ts";
import { pauseRoutes } from "./pausing/pause-routes.ts";
import { AlertChanges } from "./rules/alert-changes.ts";
import type { GroupRun } from "./rules/group-loop.ts";
import { RuleManager } from "./rules/rule-manager.ts";
import { ScrapeManager, SYSTEM_CLOCK } from "./scrape/index.ts";
import { StateView } from "./state-view.ts";

export interface HaltwatchOptions {
  readonly config: ServerConfig;
  /** Reads the configuration again. */
  readonly readConfig: () => ServerConfig;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: JsonLog;
  readonly version: string;
}

/**
 * After a restart an alert that was pending fires when it would have without it: the time away counts, up to this long. Prometheus
 * does not count it, and waits ten minutes more.
 */
const RESTORE = { outageToleranceMs: 3_600_000, forGracePeriodMs: 0, countsTimeAway: true };

export class Haltwatch implements AsyncDisposable {
  readonly #options: HaltwatchOptions;
  readonly #store: Store;
  readonly #scraping: ScrapeManager;
  readonly #rules: RuleManager;
  readonly #state: StateView;
  readonly #metrics: OwnMetrics;
  readonly #changes = new AlertChanges();
  readonly #guard: Guard;
  readonly #pausing: PauseActions;
  readonly #link: LinkServer;
  /** Rules that are evaluated as soon as what they read arrives. */
  #reactive = new ReactiveRules([]);
  readonly #startTimeMs = Date.now();
  #config: ServerConfig;
  #configTimeMs = Date.now();
  #isConfigGood = true;
  #isReady = false;
  #api: ApiServer | undefined;
  #stopping: Promise<void> | undefined;

  private constructor(options: HaltwatchOptions) {
    const { config, log } = options;
    this.#options = options;
    this.#config = config;
    this.#store = new Store({
      path: config.storage.path === ":memory:" ? ":memory:" : resolve(config.folder, config.storage.path),
      retentionMs: config.storage.retention,
      ...(config.storage.retention_size === undefined ? {} : { retentionBytes: config.storage.retention_size }),
      onError: (error) => {
        this.#metrics.commitFailed();
        log.error("commit_failed", { error: errorLine(error) });
      },
    });
    this.#guard = new Guard(this.#store.tables, { onListenerError: (error) => this.#failed("guard_failed", error) });
    this.#guard.onChange((change) => this.#tellOfGuard(change));
    this.#pausing = new PauseActions(this.#guard, (error) => this.#failed("pause_not_on_disk", error));
    this.#scraping = new ScrapeManager({
      store: this.#store,
      env: options.env,
      onWarning: (warning) => log.warn("scrape_warning", { warning }),
    });
    this.#rules = new RuleManager({
      store: this.#store,
      clock: SYSTEM_CLOCK,
      restore: RESTORE,
      onRun: (run) => this.#evaluated(run),
    });
    const sources = { store: this.#store, scraping: this.#scraping, rules: this.#rules, guard: this.#guard };
    this.#state = new StateView(sources);
    this.#metrics = new OwnMetrics({
      store: this.#store,
      version: options.version,
      targets: () => this.#state.targetCounts(),
      alerts: () => this.#state.alertCounts(),
    });
    this.#link = new LinkServer({
      store: this.#store,
      guard: guardLink({
        guard: this.#guard,
        now: Date.now,
        onError: (error) => this.#failed("pause_not_on_disk", error),
        onReport: (bot, scope, report) => log.info("pause_report", { bot, scope, ...report }),
      }),
      authorize: botAccess(config, options.env),
      version: options.version,
      registry: this.#metrics.registry,
      onSamples: (names, timeMs) => this.#arrived(names, timeMs),
      onRefused: (report) => log.warn("link_refused", { ...report }),
      onLink: ({ bot, instance }, state, reason) => log.info(`bot_${state}`, { bot, instance, reason }),
      onError: (error) => this.#failed("link_failed", error),
    });
  }

  /**
   * Starts all of it: when this returns, targets are scraped and the API answers.
   *
   * @throws {StoreError}, {ConfigError}, {ListenError}, {RuleLoadError}: then nothing is left running
   */
  static async start(options: HaltwatchOptions): Promise<Haltwatch> {
    const haltwatch = new Haltwatch(options);
    try {
      await haltwatch.#start();
      return haltwatch;
    } catch (error) {
      await haltwatch.stop();
      throw error;
    }
  }

  /** Where it is reached: `http://localhost:9898` */
  get url(): string {
    return this.#api?.url ?? "";
  }

  get config(): ServerConfig {
    return this.#config;
  }

  /**
   * Reads configuration and rules again. Either all of it comes in force or nothing. Where it listens and where it stores stays
   * as it was until the next start.
   *
   * @throws {ConfigError}, {RuleLoadError} if it is wrong; what was in force stays
   */
  async reload(): Promise<void> {
    try {
      const config = this.#options.readConfig();
      this.#loadRules(config);
      await this.#scraping.apply(config.jobs);
      this.#config = config;
      this.#configTimeMs = Date.now();
      this.#isConfigGood = true;
      this.#metrics.loaded(config.hash);
      this.#note("config-change", "configuration and rules were loaded again", { sha256: config.hash });
      this.#options.log.info("reloaded", { config_sha256: config.hash, rule_groups: this.#rules.groups().length });
    } catch (error) {
      this.#isConfigGood = false;
      this.#metrics.loaded(undefined);
      this.#options.log.error("reload_failed", { error: errorLine(error) });
      throw error;
    }
  }

  /** Stops scraping and evaluating, answers what is under way, and writes what is not in the file. Any number of times. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #start(): Promise<void> {
    const config = this.#config;
    for (const warning of config.warnings) this.#options.log.warn("config_warning", { warning });
    this.#loadRules(config);
    this.#metrics.loaded(config.hash);
    this.#api = await this.#startApi(config);
    await this.#scraping.apply(config.jobs);
    this.#isReady = true;
    this.#note("start", `Haltwatch ${this.#options.version} started`, { sha256: config.hash });
  }

  async #stop(): Promise<void> {
    const wasReady = this.#isReady;
    this.#isReady = false;
    this.#rules.stop();
    await Promise.all([this.#scraping.stop(), this.#link.stop()]);
    await this.#api?.stop();
    this.#metrics[Symbol.dispose]();
    if (wasReady) this.#note("stop", "Haltwatch was stopped", {});
    this.#store.close();
  }

  #loadRules(config: ServerConfig): void {
    const unmatched = this.#rules.load({
      files: config.ruleFiles,
      folder: config.folder,
      evaluationIntervalMs: config.rules.evaluation_interval,
      externalLabels: config.externalLabels,
      externalUrl: config.web.external_url ?? this.url,
    });
    for (const pattern of unmatched) this.#options.log.warn("no_rule_files", { pattern });
    this.#reactive = new ReactiveRules(this.#rules.groups());
    const { metrics } = this.#reactive;
    if (metrics === undefined) this.#options.log.warn("pause_rule_reads_all", { what: WAITS_FOR_INTERVAL });
    this.#link.watch(metrics ?? []);
  }

  /** Samples that pause rules read: acted upon before anything else is done. */
  #arrived(metrics: ReadonlySet<string>, timeMs: number): void {
    if (!this.#reactive.touch(metrics)) return;
    const atMs = Math.max(Date.now(), timeMs);
    for (const group of this.#reactive.evaluate(atMs)) this.#actOn(group, atMs);
  }

  #evaluated(run: GroupRun): void {
    const { log } = this.#options;
    this.#metrics.evaluated(run);
    if (run.missed > 0) log.warn("evaluations_missed", { group: run.group.name, count: run.missed });
    for (const rule of run.group.rules) {
      if (rule.health.kind !== "err") continue;
      log.error("rule_failed", { group: run.group.name, rule: rule.name, error: errorLine(rule.health.error) });
    }
    this.#actOn(run.group, run.timeMs);
  }

  /** Pauses first: people can wait a moment longer than orders. */
  #actOn(group: RuleGroup, timeMs: number): void {
    this.#pausing.act(group, timeMs);
    for (const change of this.#changes.of(group, timeMs)) logAlert(this.#options.log, change);
  }

  #tellOfGuard(change: GuardChange): void {
    const { log } = this.#options;
    if (change.kind === "pause") {
      const { scope, state, reason, by, rule } = change.pause;
      log.error("paused", { scope: printScope(scope), state, reason, by, rule });
    } else {
      const scopes = change.armed.map(({ scope }) => printScope(scope));
      log.warn("armed", { scopes, by: change.by, reason: change.reason, forced: change.isForced });
    }
  }

  #failed(event: string, error: unknown): void {
    this.#options.log.error(event, { error: errorLine(error) });
  }

  /** Into the journal; where the disk fails, the log is told. */
  #note(kind: "start" | "stop" | "config-change", what: string, data: Readonly<Record<string, string>>): void {
    try {
      this.#guard.journal.append({ timeMs: Date.now(), kind, who: "haltwatch", what, why: "", data });
    } catch (error) {
      this.#failed("journal_failed", error);
    }
  }

  #startApi(config: ServerConfig): Promise<ApiServer> {
    const address = parseBindAddress(config.web.listen);
    if (typeof address === "string") throw new TypeError("checked when the configuration was read");
    const { env } = this.#options;
    const state = this.#state;
    return startApi({
      ...address,
      tls: certificateOf(config),
      tokens: tokensOf(config, env),
      insecure: config.web.insecure,
      upgrades: new Map([[LINK_PATH, (request, socket, head) => this.#link.upgrade(request, socket, head)]]),
      allowedHosts: config.web.allowed_hosts,
      routes: [
        ...ownRoutes({
          page: () => state.page(Date.now()),
          registry: this.#metrics.registry,
          reload: () => this.reload(),
        }),
        ...pauseRoutes({ guard: this.#guard, isFiring: (pause) => state.isFiring(pause), now: Date.now }),
        ...prometheusRoutes(this.#sources(), queryOptions(config)),
      ],
      onError: (error) => this.#failed("api_error", error),
    });
  }

  #sources(): ApiSources {
    return {
      store: this.#store,
      rules: () => this.#rules.groups(),
      targets: () => this.#state.targets(),
      alertmanagers: () => [],
      config: () => this.#config.shown,
      flags: () => ({}),
      runtime: () => ({
        hostname: hostname(),
        workingDirectory: process.cwd(),
        isConfigGood: this.#isConfigGood,
        configTimeMs: this.#configTimeMs,
        retention: formatDuration(this.#config.storage.retention),
      }),
      build: { version: this.#options.version, revision: "", date: "" },
      isReady: () => this.#isReady,
      now: Date.now,
      startTimeMs: this.#startTimeMs,
    };
  }
}

const WAITS_FOR_INTERVAL = "a pause rule has a selector without a metric's name: it waits for its interval";

/** One query at a time: several at once would have the process to themselves until the last of them is done. */
function queryOptions({ query }: ServerConfig): QueryOptions {
  return {
    maxConcurrent: 1,
    timeoutMs: query.timeout,
    evaluationTimeoutMs: query.evaluation_timeout,
    maxSamples: query.max_samples,
  };
}
