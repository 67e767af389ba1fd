/**
 * All parts of Haltwatch, made and joined: sources → store → rules → actions, and what shows them. What a sample does on its way is
 * in reaction.ts; what is served, in routes.ts; when it starts and stops, in haltwatch.ts.
 */
import { dirname, resolve } from "node:path";
import type { JsonLog } from "@haltwatch/bot";
import { errorLine } from "@haltwatch/bot";
import { DEFAULT_LEASE_MS, Guard, type GuardChange, printScope } from "@haltwatch/guard";
import { SYSTEM_PACK } from "@haltwatch/packs";
import { Store } from "@haltwatch/store";
import { botAccess } from "./access.ts";
import { ConfigSeries } from "./config/config-series.ts";
import type { ServerConfig } from "./config/server-config.ts";
import { LinkServer } from "./link/index.ts";
import { Notifying } from "./notify/index.ts";
import { Overview } from "./overview/overview.ts";
import { OwnMetrics } from "./own-metrics.ts";
import { EventHub } from "./page/event-hub.ts";
import { guardEvent } from "./page/events.ts";
import { guardLink } from "./pausing/guard-link.ts";
import { GuardMetrics } from "./pausing/guard-metrics.ts";
import { Orchestration } from "./pausing/orchestration.ts";
import { PauseActions } from "./pausing/pause-actions.ts";
import { ownFault } from "./probing/own-fault.ts";
import { Probing } from "./probing/probing.ts";
import { Upkeep } from "./probing/upkeep.ts";
import { Reaction } from "./reaction.ts";
import { AlertChanges } from "./rules/alert-changes.ts";
import { dataLooker } from "./rules/alert-data.ts";
import { RuleManager } from "./rules/rule-manager.ts";
import { ScrapeManager, SYSTEM_CLOCK } from "./scrape/index.ts";
import { Secrets } from "./secrets/index.ts";
import { StateView } from "./state-view.ts";
import { diskOf } from "./watching/self-watch.ts";
import { Watching } from "./watching/watching.ts";

export interface PartsOptions {
  /** As it was when Haltwatch started. */
  readonly config: ServerConfig;
  /** As it is now. */
  readonly current: () => ServerConfig;
  /** Where Haltwatch is reached; empty until it listens. */
  readonly url: () => string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: JsonLog;
  readonly version: string;
  readonly startTimeMs: number;
  /** What it watches is made up. */
  readonly isDemo: boolean;
  /** Ends what is made already, where something after it cannot be made. */
  readonly made: AsyncDisposableStack;
}

/**
 * After a restart an alert that was pending fires when it would have without it: the time away counts, up to this long. Prometheus
 * does not count it, and waits ten minutes more.
 */
const RESTORE = { outageToleranceMs: 3_600_000, forGracePeriodMs: 0, countsTimeAway: true };

export class Parts {
  readonly log: JsonLog;
  readonly secrets: Secrets;
  readonly store: Store;
  readonly scraping: ScrapeManager;
  readonly rules: RuleManager;
  readonly state: StateView;
  readonly metrics: OwnMetrics;
  readonly changes: AlertChanges;
  readonly watching: Watching;
  readonly guard: Guard;
  readonly guardMetrics: GuardMetrics;
  readonly pausing: PauseActions;
  readonly link: LinkServer;
  readonly orchestration: Orchestration;
  readonly notifying: Notifying;
  readonly overview: Overview;
  readonly events: EventHub;
  readonly upkeep: Upkeep;
  readonly probing: Probing;
  readonly reaction: Reaction;
  readonly configSeries: ConfigSeries;

  /** @throws {StoreError} if the file cannot be read or written; {SecretError} for the token of the link */
  constructor(options: PartsOptions) {
    const { config, log, made } = options;
    this.log = log;
    this.secrets = new Secrets({
      env: options.env,
      folder: config.folder,
      onWarning: (warning) => log.warn("secret_warning", { warning }),
    });
    this.store = new Store({
      path: config.storage.path === ":memory:" ? ":memory:" : resolve(config.folder, config.storage.path),
      retentionMs: config.storage.retention,
      ...(config.storage.retention_size === undefined ? {} : { retentionBytes: config.storage.retention_size }),
      onError: (error) => {
        this.metrics.commitFailed();
        this.watching.storeFailed();
        log.error("commit_failed", { error: errorLine(error) });
      },
    });
    made.defer(() => this.store.close());
    this.guard = new Guard(this.store.tables, { onListenerError: (error) => this.failed("guard_failed", error) });
    this.pausing = new PauseActions(this.guard, (error) => this.failed("pause_not_on_disk", error));
    this.scraping = new ScrapeManager({
      store: this.store,
      secrets: this.secrets,
      onWarning: (warning) => log.warn("scrape_warning", { warning }),
    });
    this.rules = new RuleManager({
      store: this.store,
      clock: SYSTEM_CLOCK,
      restore: RESTORE,
      onRun: (run) => this.reaction.evaluated(run),
    });
    this.changes = new AlertChanges(dataLooker(this.store, () => this.rules.groups()));
    const sources = { store: this.store, scraping: this.scraping, rules: this.rules, guard: this.guard };
    this.state = new StateView(sources);
    this.metrics = new OwnMetrics({
      store: this.store,
      version: options.version,
      targets: () => this.state.targetCounts(),
      alerts: () => this.state.alertCounts(),
      channels: () => this.notifying.channels(),
    });
    made.use(this.metrics);
    this.guardMetrics = new GuardMetrics(this.metrics.registry, {
      guard: this.guard,
      bots: () => this.overview.botNames(),
    });
    this.configSeries = new ConfigSeries({
      store: this.store,
      clock: SYSTEM_CLOCK,
      onChange: (names, timeMs) => this.reaction.arrived(names, timeMs),
    });
    const isInMemory = config.storage.path === ":memory:";
    this.watching = new Watching({
      ...{ store: this.store, guard: this.guard, registry: this.metrics.registry, log, clock: SYSTEM_CLOCK },
      leaseMs: DEFAULT_LEASE_MS,
      orderCounters: config.link.order_counters,
      orderGraceMs: config.link.order_grace,
      groups: () => this.rules.groups(),
      overdue: () => this.rules.overdue(),
      targets: () => [...this.scraping.targets().active, ...this.probing.targets()],
      disk: diskOf(isInMemory ? undefined : dirname(resolve(config.folder, config.storage.path))),
      onWatched: () => this.reaction.watchMetrics(),
      onAlert: (alert) => this.notifying.tellNow(alert),
    });
    this.link = new LinkServer({
      store: this.store,
      guard: guardLink({
        guard: this.guard,
        now: Date.now,
        onError: (error) => this.failed("pause_not_on_disk", error),
        onReport: (bot, scope, report) => log.info("pause_report", { bot, scope, ...report }),
        onReceived: (bot, epoch, timeMs) => this.watching.acknowledged(bot, epoch, timeMs),
        refusal: () => this.watching.refusal,
      }),
      authorize: botAccess(config, this.secrets),
      version: options.version,
      registry: this.metrics.registry,
      onSamples: (names, timeMs) => {
        this.reaction.arrived(names, timeMs);
        this.overview.arrived(timeMs);
      },
      onRefused: (report) => {
        log.warn("link_refused", { ...report });
        this.watching.linkRefused(report);
      },
      onLink: ({ bot, instance }, state, reason) => {
        log.info(`bot_${state}`, { bot, instance, reason });
        this.watching.linkChanged(bot, instance, state, reason);
      },
      onError: (error) => this.failed("link_failed", error),
    });
    made.use(this.link);
    this.notifying = new Notifying({
      ...{ store: this.store, guard: this.guard, settings: config.notifying, log, clock: SYSTEM_CLOCK },
      groups: () => this.rules.groups(),
      secret: (reference) => this.secrets.read(reference, reference),
      redact: (text) => this.secrets.redact(text),
      pageUrl: () => config.web.external_url ?? options.url(),
      externalUrl: config.web.external_url,
      reportPicture: (id) => this.upkeep.reports.picture(id),
    });
    made.use(this.notifying);
    this.probing = new Probing({
      ...{ store: this.store, secrets: this.secrets, log, clock: SYSTEM_CLOCK },
      instance: () => new URL(options.url()).host,
      onSamples: (names, timeMs) => {
        this.reaction.arrived(names, timeMs);
        this.overview.arrived(timeMs);
      },
    });
    this.upkeep = new Upkeep({
      ...{ store: this.store, secrets: this.secrets, log, clock: SYSTEM_CLOCK, env: options.env },
      ...{ notifying: this.notifying, isDemo: options.isDemo },
      config: () => options.current(),
      fault: () => this.#ownFault(),
    });
    // After the link, so that bots that are on it hear of a pause first.
    this.guard.onChange((change) => this.#tellOfGuard(change));
    this.orchestration = new Orchestration({
      guard: this.guard,
      store: this.store,
      secrets: this.secrets,
      log,
      registry: this.metrics.registry,
      onPaused: (bot, epoch) => this.watching.stoppedByOrchestrator(bot, epoch, Date.now()),
    });
    made.use(this.orchestration);
    this.overview = new Overview({
      ...{ store: this.store, guard: this.guard, version: options.version, startTimeMs: options.startTimeMs },
      ...{ isDemo: options.isDemo, clock: SYSTEM_CLOCK },
      onError: (error) => this.failed("overview_failed", error),
      limitOf: (threshold) => options.current().thresholds.find(({ name }) => name === threshold)?.value,
      packs: () => options.current().packs.filter((pack) => pack !== SYSTEM_PACK),
      configHash: () => options.current().hash,
      groups: () => this.rules.groups(),
      linked: () => this.watching.linked(),
      orchestrators: () => this.orchestration.status(),
      targets: () => this.scraping.targets().active,
      silenced: () => this.notifying.alerts().filter(({ status }) => status.silencedBy.length > 0).length,
      fault: () => this.#ownFault(),
    });
    this.events = new EventHub({
      clock: SYSTEM_CLOCK,
      hello: () => ({ ...{ version: options.version, now: iso(Date.now()), started: iso(options.startTimeMs) } }),
      beat: () => this.overview.beat(),
      onError: (error) => this.failed("events_failed", error),
    });
    this.reaction = new Reaction({
      ...{ rules: this.rules, pausing: this.pausing, changes: this.changes, notifying: this.notifying, log },
      ...{ watching: this.watching, link: this.link, metrics: this.metrics },
      ...{ overview: this.overview, events: this.events },
    });
  }

  /** What went wrong that nobody waits for. */
  failed(event: string, error: unknown): void {
    this.log.error(event, { error: this.secrets.redact(errorLine(error)) });
  }

  #tellOfGuard(change: GuardChange): void {
    const { log } = this;
    this.watching.guardChanged(change);
    this.guardMetrics.changed(change, Date.now());
    this.overview.changed();
    this.events.publish(change.kind, guardEvent(change, this.guard));
    if (change.kind === "pause") {
      const { scope, state, reason, by, rule } = change.pause;
      log.error("paused", { scope: printScope(scope), state, reason, by, rule });
    } else {
      const scopes = change.armed.map(({ scope }) => printScope(scope));
      for (const { rule } of change.armed) if (rule !== undefined) this.changes.acknowledge(rule);
      log.warn("armed", { scopes, by: change.by, reason: change.reason, forced: change.isForced });
    }
  }

  #ownFault(): string | undefined {
    return ownFault({
      ...{ refusal: this.watching.refusal, overdue: this.rules.overdue() },
      ...{ channels: this.notifying.channels(), nowMs: Date.now() },
    });
  }
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
