/** Starts all parts of Haltwatch and the API that shows them, brings other settings in force, and stops it all. */

import { hostname } from "node:os";
import type { JsonLog } from "@haltwatch/bot";
import { errorLine } from "@haltwatch/bot";
import { parseBindAddress } from "@haltwatch/bot/config";
import type { Guard } from "@haltwatch/guard";
import { formatDuration } from "@haltwatch/promql";
import { certificateOf, tokensOf } from "./access.ts";
import { type ApiServer, type ApiSources, type Route, startApi } from "./api/index.ts";
import { ConfigManager, type ReloadCause } from "./config/config-manager.ts";
import { configDifferences, configWithoutSecrets } from "./config/config-values.ts";
import type { ServerConfig } from "./config/server-config.ts";
import { LINK_PATH } from "./link/index.ts";
import { Parts } from "./parts.ts";
import { haltwatchRoutes } from "./routes.ts";
import { SYSTEM_CLOCK } from "./scrape/index.ts";

export interface HaltwatchOptions {
  readonly config: ServerConfig;
  /** Reads the configuration again. */
  readonly readConfig: () => ServerConfig;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: JsonLog;
  readonly version: string;
  /** Served beside its own: the demo's. */
  readonly moreRoutes?: readonly Route[];
  /** What it watches is made up. */
  readonly isDemo?: boolean;
}

export class Haltwatch implements AsyncDisposable {
  readonly #options: HaltwatchOptions;
  readonly #parts: Parts;
  readonly #startTimeMs = Date.now();
  readonly #configs: ConfigManager;
  #isReady = false;
  #api: ApiServer | undefined;
  #stopping: Promise<void> | undefined;

  /** @param made ends what is made already, if this throws */
  private constructor(options: HaltwatchOptions, made: AsyncDisposableStack) {
    const { config, env, log, version } = options;
    this.#options = options;
    this.#configs = new ConfigManager({
      config,
      read: options.readConfig,
      apply: async (next) => {
        await this.#parts.probing.check(next);
        const applyOrchestrators = this.#parts.orchestration.prepare(next);
        this.#loadRules(next);
        await this.#parts.scraping.apply(next.jobs);
        await this.#parts.probing.apply(next);
        applyOrchestrators();
        this.#parts.notifying.reload(next.notifying);
      },
      onApplied: (next, before, cause) => this.#configApplied(next, before, cause),
      onRefused: (error, cause) => this.#configRefused(error, cause),
      clock: SYSTEM_CLOCK,
    });
    this.#parts = new Parts({
      ...{ config, env, log, version, startTimeMs: this.#startTimeMs, isDemo: options.isDemo === true },
      made,
      current: () => this.config,
      url: () => this.url,
    });
  }

  /**
   * Starts all of it: when this returns, targets are scraped and the API answers.
   *
   * @throws {StoreError}, {ConfigError}, {SecretError}, {ListenError}, {RuleLoadError}: then nothing is left running
   */
  static async start(options: HaltwatchOptions): Promise<Haltwatch> {
    await using made = new AsyncDisposableStack();
    const haltwatch = new Haltwatch(options, made);
    made.move(); // from here on it ends them itself
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

  /** Tells every page that is open: of what the demo does. */
  publish(name: "fault" | "message", data: object): void {
    this.#parts.events.publish(name, data);
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
    const { log, notifying, orchestration, metrics, configSeries, scraping, probing } = this.#parts;
    for (const warning of config.warnings) log.warn("config_warning", { warning });
    const applyOrchestrators = orchestration.prepare(config);
    this.#loadRules(config);
    this.#parts.changes.remember(notifying.fromRules(), this.#parts.rules.groups());
    notifying.start();
    metrics.configApplied();
    configSeries.set(config);
    this.#api = await this.#startApi(config);
    applyOrchestrators();
    await scraping.apply(config.jobs);
    await probing.apply(config);
    const own = config.watching.own_metrics ? new URL(this.url).host : undefined;
    this.#parts.watching.start(own);
    this.#parts.overview.start();
    this.#parts.upkeep.start(own);
    this.#isReady = true;
    this.#configs.watch();
    this.#note("start", `Haltwatch ${this.#options.version} started`, { hash: config.hash });
  }

  /** What brings samples first, then what acts on them; what is told of it last. */
  async #stop(): Promise<void> {
    const parts = this.#parts;
    const wasReady = this.#isReady;
    this.#isReady = false;
    try {
      parts.reaction[Symbol.dispose]();
      parts.watching[Symbol.dispose]();
      await this.#configs.stop();
      parts.configSeries.stop();
      parts.rules.stop();
      parts.events[Symbol.dispose]();
      parts.overview[Symbol.dispose]();
      await Promise.all([parts.scraping.stop(), parts.link.stop()]);
      await this.#api?.stop();
      parts.orchestration[Symbol.dispose]();
      await parts.upkeep[Symbol.asyncDispose]();
      await parts.probing[Symbol.asyncDispose]();
      await parts.notifying[Symbol.asyncDispose]();
      parts.metrics[Symbol.dispose]();
      if (wasReady) this.#note("stop", "Haltwatch was stopped", {});
    } finally {
      parts.store.close(); // whatever of the rest fails: the newest samples are written, and the file is free
    }
  }

  #configApplied(config: ServerConfig, before: ServerConfig, cause: ReloadCause): void {
    this.#parts.metrics.configApplied();
    this.#parts.configSeries.set(config);
    this.#parts.watching.configured();
    this.#parts.upkeep.configured();
    const changes = configDifferences(before, config).map(
      (one) => `${one.key}: ${one.before ?? "not set"} → ${one.after ?? "not set"}`,
    );
    // A file that was touched and says the same is nothing to tell of.
    if (cause === "file changed" && changes.length === 0) return;
    const what = `configuration and rules were loaded again: ${cause}`;
    this.#parts.events.publish("config", {
      hash: config.hash,
      at: iso(Date.now()),
      changes: changes.slice(0, MAX_TOLD_CHANGES),
    });
    this.#note("config-change", what, { hash: config.hash, changes: changes.slice(0, MAX_TOLD_CHANGES) });
    const rule_groups = this.#parts.rules.groups().length;
    this.#options.log.info("reloaded", { config_hash: config.hash, cause, changes, rule_groups });
  }

  #configRefused(error: unknown, cause: ReloadCause): void {
    this.#parts.metrics.configRefused();
    this.#options.log.error("reload_failed", { cause, error: this.#parts.secrets.redact(errorLine(error)) });
  }

  #loadRules(config: ServerConfig): void {
    const unmatched = this.#parts.rules.load({
      files: config.ruleFiles,
      folder: config.folder,
      evaluationIntervalMs: config.rules.evaluation_interval,
      externalLabels: config.externalLabels,
      externalUrl: config.web.external_url ?? this.url,
    });
    for (const pattern of unmatched) this.#options.log.warn("no_rule_files", { pattern });
    this.#parts.reaction.rulesLoaded();
  }

  /** Into the journal; where the disk fails, the log is told. */
  #note(
    kind: "start" | "stop" | "config-change",
    what: string,
    data: Parameters<Guard["journal"]["append"]>[0]["data"],
  ): void {
    try {
      this.#parts.guard.journal.append({ timeMs: Date.now(), kind, who: "haltwatch", what, why: "", data });
    } catch (error) {
      this.#parts.failed("journal_failed", error);
    }
  }

  #startApi(config: ServerConfig): Promise<ApiServer> {
    const address = parseBindAddress(config.web.listen);
    if (typeof address === "string") throw new TypeError("checked when the configuration was read");
    return startApi({
      ...address,
      tls: certificateOf(config),
      tokens: tokensOf(config, this.#parts.secrets),
      insecure: config.web.insecure,
      upgrades: new Map([[LINK_PATH, (request, socket, head) => this.#parts.link.upgrade(request, socket, head)]]),
      allowedHosts: config.web.allowed_hosts,
      routes: haltwatchRoutes({
        ...this.#parts,
        ...{ config: () => this.config, version: this.#options.version, startTimeMs: this.#startTimeMs },
        registries: [this.#parts.metrics.registry, this.#parts.configSeries.registry, this.#parts.upkeep.registry],
        prometheus: this.#sources(),
        reload: () => this.reload(),
        more: [
          ...this.#parts.probing.routes(() => this.config),
          ...this.#parts.upkeep.routes(),
          ...(this.#options.moreRoutes ?? []),
        ],
      }),
      onError: (error) => this.#parts.failed("api_error", error),
      onAccess: (use) => this.#parts.watching.accessed(use),
    });
  }

  #sources(): ApiSources {
    return {
      store: this.#parts.store,
      rules: () => this.#parts.rules.groups(),
      targets: () => this.#parts.state.targets(),
      alertmanagers: () => this.config.alertmanagers,
      config: () => configWithoutSecrets(this.config),
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

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** Most changed values that the journal lists of one change. */
const MAX_TOLD_CHANGES = 100;
