/** Puts it all together: sources → store → rules → actions, and the API that shows it. */

import { hostname } from "node:os";
import { dirname, resolve } from "node:path";
import type { JsonLog } from "@haltwatch/bot";
import { errorLine } from "@haltwatch/bot";
import { parseBindAddress } from "@haltwatch/bot/config";
import { DEFAULT_LEASE_MS, Guard, type GuardChange, printScope } from "@haltwatch/guard";
import { SYSTEM_RULES } from "@haltwatch/packs";
import { formatDuration } from "@haltwatch/promql";
import { ReactiveRules, type RuleGroup } from "@haltwatch/rules";
import { Store } from "@haltwatch/store";
import { botAccess, certificateOf, tokensOf } from "./access.ts";
import { logAlert } from "./alert-log.ts";
import { type ApiServer, type ApiSources, prometheusRoutes, type QueryOptions, startApi } from "./api/index.ts";
import { ConfigManager, type ReloadCause } from "./config/config-manager.ts";
import { configRoutes } from "./config/config-routes.ts";
import { ConfigSeries } from "./config/config-series.ts";
import { configDifferences } from "./config/config-values.ts";
import type { ServerConfig } from "./config/server-config.ts";
import { LINK_PATH, LinkServer } from "./link/index.ts";
import { alertmanagerRoutes, Notifying, notifyRoutes } from "./notify/index.ts";
import { OwnMetrics } from "./own-metrics.ts";
import { ownRoutes } from "./own-routes.ts";
import { AlertmanagerWebhook } from "./pausing/alertmanager-webhook.ts";
import { guardLink } from "./pausing/guard-link.ts";
import { Orchestration } from "./pausing/orchestration.ts";
import { PauseActions } from "./pausing/pause-actions.ts";
import { pauseRoutes } from "./pausing/pause-routes.ts";
import { AlertChanges } from "./rules/alert-changes.ts";
import { dataLooker } from "./rules/alert-data.ts";
import type { GroupRun } from "./rules/group-loop.ts";
import { RuleManager } from "./rules/rule-manager.ts";
import { runtimeRoutes, runtimeState } from "./runtime/runtime-view.ts";
import { ScrapeManager, SYSTEM_CLOCK } from "./scrape/index.ts";
import { Secrets } from "./secrets/index.ts";
import { StateView } from "./state-view.ts";
import { diskOf } from "./watching/self-watch.ts";
import { Watching } from "./watching/watching.ts";

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
  readonly #secrets: Secrets;
  readonly #store: Store;
  readonly #scraping: ScrapeManager;
  readonly #rules: RuleManager;
  readonly #state: StateView;
  readonly #metrics: OwnMetrics;
  readonly #changes: AlertChanges;
  readonly #watching: Watching;
  readonly #guard: Guard;
  readonly #pausing: PauseActions;
  readonly #link: LinkServer;
  readonly #orchestration: Orchestration;
  readonly #notifying: Notifying;
  /** Rules that are evaluated as soon as what they read arrives. */
  #reactive = new ReactiveRules([]);
  /** Of the samples that they have been told of, Unix milliseconds. */
  #newestArrivedMs = 0;
  /** Until one of them has rested that has something new to read. */
  #restTimer: NodeJS.Timeout | undefined;
  readonly #startTimeMs = Date.now();
  readonly #configs: ConfigManager;
  readonly #configSeries: ConfigSeries;
  #isReady = false;
  #api: ApiServer | undefined;
  #stopping: Promise<void> | undefined;

  private constructor(options: HaltwatchOptions) {
    const { config, log } = options;
    this.#options = options;
    this.#secrets = new Secrets({
      env: options.env,
      folder: config.folder,
      onWarning: (warning) => log.warn("secret_warning", { warning }),
    });
    this.#configs = new ConfigManager({
      config,
      read: options.readConfig,
      apply: async (next) => {
        const applyOrchestrators = this.#orchestration.prepare(next);
        this.#loadRules(next);
        await this.#scraping.apply(next.jobs);
        applyOrchestrators();
        this.#notifying.reload(next.notifying);
      },
      onApplied: (next, before, cause) => this.#configApplied(next, before, cause),
      onRefused: (error, cause) => this.#configRefused(error, cause),
      clock: SYSTEM_CLOCK,
    });
    this.#store = new Store({
      path: config.storage.path === ":memory:" ? ":memory:" : resolve(config.folder, config.storage.path),
      retentionMs: config.storage.retention,
      ...(config.storage.retention_size === undefined ? {} : { retentionBytes: config.storage.retention_size }),
      onError: (error) => {
        this.#metrics.commitFailed();
        this.#watching.storeFailed();
        log.error("commit_failed", { error: errorLine(error) });
      },
    });
    this.#guard = new Guard(this.#store.tables, { onListenerError: (error) => this.#failed("guard_failed", error) });
    this.#pausing = new PauseActions(this.#guard, (error) => this.#failed("pause_not_on_disk", error));
    this.#scraping = new ScrapeManager({
      store: this.#store,
      secrets: this.#secrets,
      onWarning: (warning) => log.warn("scrape_warning", { warning }),
    });
    this.#rules = new RuleManager({
      store: this.#store,
      clock: SYSTEM_CLOCK,
      restore: RESTORE,
      onRun: (run) => this.#evaluated(run),
    });
    this.#changes = new AlertChanges(dataLooker(this.#store, () => this.#rules.groups()));
    const sources = { store: this.#store, scraping: this.#scraping, rules: this.#rules, guard: this.#guard };
    this.#state = new StateView(sources);
    this.#metrics = new OwnMetrics({
      store: this.#store,
      version: options.version,
      targets: () => this.#state.targetCounts(),
      alerts: () => this.#state.alertCounts(),
      channels: () => this.#notifying.channels(),
    });
    this.#configSeries = new ConfigSeries({
      store: this.#store,
      clock: SYSTEM_CLOCK,
      onChange: (names, timeMs) => this.#arrived(names, timeMs),
    });
    const isInMemory = config.storage.path === ":memory:";
    this.#watching = new Watching({
      ...{ store: this.#store, guard: this.#guard, registry: this.#metrics.registry, log, clock: SYSTEM_CLOCK },
      leaseMs: DEFAULT_LEASE_MS,
      orderCounters: config.link.order_counters,
      orderGraceMs: config.link.order_grace,
      groups: () => this.#rules.groups(),
      overdue: () => this.#rules.overdue(),
      targets: () => this.#scraping.targets().active,
      disk: diskOf(isInMemory ? undefined : dirname(resolve(config.folder, config.storage.path))),
      onWatched: () => this.#watchMetrics(),
      onAlert: (alert) => this.#notifying.tellNow(alert),
    });
    this.#link = new LinkServer({
      store: this.#store,
      guard: guardLink({
        guard: this.#guard,
        now: Date.now,
        onError: (error) => this.#failed("pause_not_on_disk", error),
        onReport: (bot, scope, report) => log.info("pause_report", { bot, scope, ...report }),
        onReceived: (bot, epoch, timeMs) => this.#watching.acknowledged(bot, epoch, timeMs),
        refusal: () => this.#watching.refusal,
      }),
      authorize: botAccess(config, this.#secrets),
      version: options.version,
      registry: this.#metrics.registry,
      onSamples: (names, timeMs) => this.#arrived(names, timeMs),
      onRefused: (report) => {
        log.warn("link_refused", { ...report });
        this.#watching.linkRefused(report);
      },
      onLink: ({ bot, instance }, state, reason) => {
        log.info(`bot_${state}`, { bot, instance, reason });
        this.#watching.linkChanged(bot, instance, state, reason);
      },
      onError: (error) => this.#failed("link_failed", error),
    });
    this.#notifying = new Notifying({
      ...{ store: this.#store, guard: this.#guard, settings: config.notifying, log, clock: SYSTEM_CLOCK },
      groups: () => this.#rules.groups(),
      secret: (reference) => this.#secrets.read(reference, reference),
      redact: (text) => this.#secrets.redact(text),
      pageUrl: () => config.web.external_url ?? this.url,
      externalUrl: config.web.external_url,
    });
    // After the link, so that bots that are on it hear of a pause first.
    this.#guard.onChange((change) => this.#tellOfGuard(change));
    this.#orchestration = new Orchestration({
      guard: this.#guard,
      store: this.#store,
      secrets: this.#secrets,
      log,
      registry: this.#metrics.registry,
      onPaused: (bot, epoch) => this.#watching.stoppedByOrchestrator(bot, epoch, Date.now()),
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
    return this.#configs.current;
  }

  /**
   * Reads configuration and rules again. Either all of it comes in force or nothing. Where it listens and where it stores stays
   * as it was until the next start.
   *
   * @throws {ConfigError}, {RuleLoadError} if it is wrong; what was in force stays
   */
  reload(): Promise<void> {
    return this.#configs.reload();
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
    const { config } = this;
    for (const warning of config.warnings) this.#options.log.warn("config_warning", { warning });
    const applyOrchestrators = this.#orchestration.prepare(config);
    this.#loadRules(config);
    this.#changes.remember(this.#notifying.fromRules(), this.#rules.groups());
    this.#notifying.start();
    this.#metrics.configApplied();
    this.#configSeries.set(config);
    this.#api = await this.#startApi(config);
    applyOrchestrators();
    await this.#scraping.apply(config.jobs);
    this.#watching.start(config.watching.own_metrics ? new URL(this.url).host : undefined);
    this.#isReady = true;
    this.#configs.watch();
    this.#note("start", `Haltwatch ${this.#options.version} started`, { hash: config.hash });
  }

  async #stop(): Promise<void> {
    const wasReady = this.#isReady;
    this.#isReady = false;
    clearTimeout(this.#restTimer);
    this.#watching[Symbol.dispose]();
    await this.#configs.stop();
    this.#configSeries.stop();
    this.#rules.stop();
    await Promise.all([this.#scraping.stop(), this.#link.stop()]);
    await this.#api?.stop();
    this.#orchestration[Symbol.dispose]();
    await this.#notifying[Symbol.asyncDispose]();
    this.#metrics[Symbol.dispose]();
    if (wasReady) this.#note("stop", "Haltwatch was stopped", {});
    this.#store.close();
  }

  #configApplied(config: ServerConfig, before: ServerConfig, cause: ReloadCause): void {
    this.#metrics.configApplied();
    this.#configSeries.set(config);
    this.#watching.configured();
    const changes = configDifferences(before, config).map(
      (one) => `${one.key}: ${one.before ?? "not set"} → ${one.after ?? "not set"}`,
    );
    // A file that was touched and says the same is nothing to tell of.
    if (cause === "file changed" && changes.length === 0) return;
    const what = `configuration and rules were loaded again: ${cause}`;
    this.#note("config-change", what, { hash: config.hash, changes: changes.slice(0, MAX_TOLD_CHANGES) });
    const rule_groups = this.#rules.groups().length;
    this.#options.log.info("reloaded", { config_hash: config.hash, cause, changes, rule_groups });
  }

  #configRefused(error: unknown, cause: ReloadCause): void {
    this.#metrics.configRefused();
    this.#options.log.error("reload_failed", { cause, error: this.#secrets.redact(errorLine(error)) });
  }

  #loadRules(config: ServerConfig): void {
    const unmatched = this.#rules.load({
      files: ruleFilesOf(config),
      folder: config.folder,
      evaluationIntervalMs: config.rules.evaluation_interval,
      externalLabels: config.externalLabels,
      externalUrl: config.web.external_url ?? this.url,
    });
    for (const pattern of unmatched) this.#options.log.warn("no_rule_files", { pattern });
    this.#notifying.rulesLoaded();
    this.#reactive = new ReactiveRules(this.#rules.groups());
    const { metrics } = this.#reactive;
    if (metrics === undefined) this.#options.log.warn("pause_rule_reads_all", { what: WAITS_FOR_INTERVAL });
    this.#watchMetrics();
  }

  /** What bots send at once: what pause rules read, and of bots that are paused their orders. */
  #watchMetrics(): void {
    this.#link.watch([...(this.#reactive.metrics ?? []), ...this.#watching.watched]);
  }

  /** Samples that pause rules read: acted upon before anything else is done. */
  #arrived(metrics: ReadonlySet<string>, timeMs: number): void {
    if (this.#reactive.touch(metrics)) {
      this.#newestArrivedMs = Math.max(this.#newestArrivedMs, timeMs);
      this.#react();
    }
    this.#watching.arrived(metrics);
  }

  #react(): void {
    const atMs = Math.max(Date.now(), this.#newestArrivedMs);
    const groups = this.#reactive.evaluate(atMs, (group) => this.#pausing.act(group, atMs));
    for (const group of groups) this.#actOn(group, atMs);
    const { waitMs } = this.#reactive;
    clearTimeout(this.#restTimer);
    if (waitMs !== undefined) this.#restTimer = setTimeout(() => this.#react(), Math.ceil(waitMs)).unref();
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
    const changes = this.#changes.of(group, timeMs);
    this.#notifying.changed(changes);
    this.#notifying.evaluated(group, timeMs);
    for (const change of changes) {
      logAlert(this.#options.log, change);
      this.#watching.alertChanged(change);
    }
  }

  #tellOfGuard(change: GuardChange): void {
    const { log } = this.#options;
    this.#watching.guardChanged(change);
    if (change.kind === "pause") {
      const { scope, state, reason, by, rule } = change.pause;
      log.error("paused", { scope: printScope(scope), state, reason, by, rule });
    } else {
      const scopes = change.armed.map(({ scope }) => printScope(scope));
      for (const { rule } of change.armed) if (rule !== undefined) this.#changes.acknowledge(rule);
      log.warn("armed", { scopes, by: change.by, reason: change.reason, forced: change.isForced });
    }
  }

  #failed(event: string, error: unknown): void {
    this.#options.log.error(event, { error: this.#secrets.redact(errorLine(error)) });
  }

  /** Into the journal; where the disk fails, the log is told. */
  #note(
    kind: "start" | "stop" | "config-change",
    what: string,
    data: Parameters<Guard["journal"]["append"]>[0]["data"],
  ): void {
    try {
      this.#guard.journal.append({ timeMs: Date.now(), kind, who: "haltwatch", what, why: "", data });
    } catch (error) {
      this.#failed("journal_failed", error);
    }
  }

  #startApi(config: ServerConfig): Promise<ApiServer> {
    const address = parseBindAddress(config.web.listen);
    if (typeof address === "string") throw new TypeError("checked when the configuration was read");
    const state = this.#state;
    return startApi({
      ...address,
      tls: certificateOf(config),
      tokens: tokensOf(config, this.#secrets),
      insecure: config.web.insecure,
      upgrades: new Map([[LINK_PATH, (request, socket, head) => this.#link.upgrade(request, socket, head)]]),
      allowedHosts: config.web.allowed_hosts,
      routes: [
        ...ownRoutes({
          page: () => state.page(Date.now()),
          registries: [this.#metrics.registry, this.#configSeries.registry],
          reload: () => this.reload(),
        }),
        ...pauseRoutes({
          guard: this.#guard,
          isFiring: (pause) => state.isFiring(pause) || this.#watching.isMissing(pause),
          now: Date.now,
        }),
        new AlertmanagerWebhook({ guard: this.#guard, now: Date.now, registry: this.#metrics.registry }).route,
        ...this.#orchestration.routes(),
        ...notifyRoutes({ notifying: this.#notifying, now: Date.now }),
        ...alertmanagerRoutes({
          ...{ notifying: this.#notifying, version: this.#options.version },
          ...{ startTimeMs: this.#startTimeMs, now: Date.now },
        }),
        ...configRoutes(() => this.config),
        ...runtimeRoutes(() => runtimeState(this.#store, this.config, Date.now())),
        ...prometheusRoutes(this.#sources(), queryOptions(config)),
      ],
      onError: (error) => this.#failed("api_error", error),
      onAccess: (use) => this.#watching.accessed(use),
    });
  }

  #sources(): ApiSources {
    return {
      store: this.#store,
      rules: () => this.#rules.groups(),
      targets: () => this.#state.targets(),
      alertmanagers: () => this.config.alertmanagers,
      config: () => this.config.shown,
      flags: () => ({}),
      runtime: () => ({
        hostname: hostname(),
        workingDirectory: process.cwd(),
        isConfigGood: this.#configs.isGood,
        configTimeMs: this.#configs.changedMs,
        retention: formatDuration(this.config.storage.retention),
      }),
      build: { version: this.#options.version, revision: "", date: "" },
      isReady: () => this.#isReady,
      now: Date.now,
      startTimeMs: this.#startTimeMs,
    };
  }
}

/** Most changed values that the journal lists of one change. */
const MAX_TOLD_CHANGES = 100;

const WAITS_FOR_INTERVAL = "a pause rule has a selector without a metric's name: it waits for its interval";

/** The rules about Haltwatch itself go by its own metrics. */
function ruleFilesOf({ ruleFiles, rules, watching }: ServerConfig): readonly string[] {
  return rules.system && watching.own_metrics ? [SYSTEM_RULES, ...ruleFiles] : ruleFiles;
}

/** One query at a time: several at once would have the process to themselves until the last of them is done. */
function queryOptions({ query }: ServerConfig): QueryOptions {
  return {
    maxConcurrent: 1,
    timeoutMs: query.timeout,
    evaluationTimeoutMs: query.evaluation_timeout,
    maxSamples: query.max_samples,
  };
}
