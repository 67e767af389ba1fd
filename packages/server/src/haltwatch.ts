/** Puts it all together: sources → store → rules → actions, and the API that shows it. */

import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { resolve } from "node:path";
import type { JsonLog } from "@haltwatch/bot";
import { errorLine } from "@haltwatch/bot";
import { parseBindAddress } from "@haltwatch/bot/config";
import { formatDuration } from "@haltwatch/promql";
import { Store } from "@haltwatch/store";
import { type ApiServer, prometheusRoutes, type Route, readToken, startApi, type TargetsView } from "./api/index.ts";
import type { ServerConfig } from "./config/server-config.ts";
import { type HomePageView, homePage } from "./home-page.ts";
import { OwnMetrics } from "./own-metrics.ts";
import { type AlertChange, AlertChanges } from "./rules/alert-changes.ts";
import type { GroupRun } from "./rules/group-loop.ts";
import { RuleManager } from "./rules/rule-manager.ts";
import { ScrapeManager, SYSTEM_CLOCK } from "./scrape/index.ts";

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
  readonly #metrics: OwnMetrics;
  readonly #changes = new AlertChanges();
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
    this.#metrics = new OwnMetrics({
      store: this.#store,
      version: options.version,
      targets: () => this.#targetCounts(),
      alerts: () => this.#alertCounts(),
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
  }

  async #stop(): Promise<void> {
    this.#isReady = false;
    this.#rules.stop();
    await this.#scraping.stop();
    await this.#api?.stop();
    this.#metrics[Symbol.dispose]();
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
  }

  #evaluated(run: GroupRun): void {
    const { log } = this.#options;
    this.#metrics.evaluated(run);
    if (run.missed > 0) log.warn("evaluations_missed", { group: run.group.name, count: run.missed });
    for (const rule of run.group.rules) {
      if (rule.health.kind !== "err") continue;
      log.error("rule_failed", { group: run.group.name, rule: rule.name, error: errorLine(rule.health.error) });
    }
    for (const change of this.#changes.of(run.group, run.timeMs)) this.#tell(change);
  }

  /** Until it is sent to people, an alert goes to the log, and one that fires as an error (row A5). */
  #tell({ kind, alert, timeMs }: AlertChange): void {
    const { alertname, severity, ...labels } = alert.labels.toObject();
    const fields = {
      alert: alertname,
      severity,
      labels,
      value: alert.value,
      summary: alert.annotations.get("summary"),
      what_to_do: alert.annotations.get("description"),
      since: new Date(alert.activeAtMs).toISOString(),
      at: new Date(timeMs).toISOString(),
    };
    const { log } = this.#options;
    if (kind === "firing") log.error("alert_firing", fields);
    else if (kind === "resolved") log.info("alert_resolved", fields);
    else log.debug("alert_pending", fields);
  }

  #startApi(config: ServerConfig): Promise<ApiServer> {
    const { web } = config;
    const address = parseBindAddress(web.listen);
    if (typeof address === "string") throw new TypeError("checked when the configuration was read");
    const { env, log } = this.#options;
    const tls =
      web.tls_cert_file === undefined || web.tls_key_file === undefined
        ? undefined
        : {
            cert: readFileSync(resolve(config.folder, web.tls_cert_file), "utf8"),
            key: readFileSync(resolve(config.folder, web.tls_key_file), "utf8"),
          };
    return startApi({
      ...address,
      tls,
      tokens: {
        read: web.read_token === undefined ? undefined : readToken(web.read_token, env),
        control: web.control_token === undefined ? undefined : readToken(web.control_token, env),
      },
      insecure: web.insecure,
      allowedHosts: web.allowed_hosts,
      routes: [...this.#ownRoutes(), ...prometheusRoutes(this.#sources())],
      onError: (error) => log.error("api_error", { error: errorLine(error) }),
    });
  }

  #ownRoutes(): Route[] {
    return [
      {
        methods: ["GET"],
        path: "/",
        access: "read",
        handle: () => {
          const { html, headers } = homePage(this.#view());
          return { kind: "text", status: 200, text: html, headers };
        },
      },
      {
        methods: ["GET"],
        path: "/metrics",
        access: "read",
        handle: async () => ({
          kind: "text",
          status: 200,
          text: await this.#metrics.registry.metrics(),
          headers: { "Content-Type": this.#metrics.registry.contentType },
        }),
      },
      {
        methods: ["POST", "PUT"],
        path: "/-/reload",
        access: "control",
        handle: async () => {
          await this.reload();
          return { kind: "text", status: 200, text: "" };
        },
      },
    ];
  }

  #sources(): Parameters<typeof prometheusRoutes>[0] {
    return {
      store: this.#store,
      rules: () => this.#rules.groups(),
      targets: () => this.#targets(),
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

  #view(): HomePageView {
    const groups = this.#rules.groups();
    return {
      alerts: groups.flatMap(({ alertingRules }) => alertingRules.flatMap((rule) => rule.activeAlerts())),
      targets: this.#scraping.targets().active.map((target) => ({ ...target, name: target.scrapeUrl })),
      failedRules: groups.flatMap(({ rules }) =>
        rules.flatMap(({ name, health }) => (health.kind === "err" ? [{ name, error: errorLine(health.error) }] : [])),
      ),
      nowMs: Date.now(),
    };
  }

  #targets(): TargetsView {
    const { active, dropped } = this.#scraping.targets();
    const { metadata } = this.#store;
    return {
      active: active.map((target) => ({ ...target, lastScrapeDurationMs: target.lastScrapeSeconds * 1000, metadata })),
      dropped,
    };
  }

  #targetCounts(): { up: number; down: number } {
    const { active } = this.#scraping.targets();
    return {
      up: active.filter(({ health }) => health === "up").length,
      down: active.filter(({ health }) => health === "down").length,
    };
  }

  #alertCounts(): { pending: number; firing: number } {
    const alerts = this.#rules
      .groups()
      .flatMap(({ alertingRules }) => alertingRules.flatMap((rule) => rule.activeAlerts()));
    return {
      pending: alerts.filter(({ state }) => state === "pending").length,
      firing: alerts.filter(({ state }) => state === "firing").length,
    };
  }
}
