/**
 * Tells people: what the rules find goes to the dispatcher, which routes and groups it, and from there to the outbox, which
 * sends it. What was accepted is in the file, and survives a restart of any kind.
 */
import { errorLine, type JsonLog } from "@haltwatch/bot";
import type { Guard } from "@haltwatch/guard";
import {
  type Alert,
  type AlertGroup,
  type AlertWithStatus,
  type ChannelHealth,
  channelAlert,
  channelsOf,
  type DeadLetter,
  Dispatcher,
  ENDED_WITHOUT_DATA,
  type Notification,
  type NotifyConfig,
  Outbox,
  PicturePainter,
  PictureShelf,
  type ReportPicture,
  type ReportText,
  type Sent,
  Silences,
} from "@haltwatch/notify";
import type { AlertingRule, RuleGroup } from "@haltwatch/rules";
import { Labels, type Store } from "@haltwatch/store";
import type { AlertChange } from "../rules/alert-changes.ts";
import type { Clock } from "../scrape/clock.ts";
import type { UrgentAlert } from "../watching/watching.ts";
import { Alertmanagers } from "./alertmanagers.ts";
import { pictureFor } from "./notification-picture.ts";
import type { NotifySettings } from "./notify-settings.ts";
import { Slices } from "./slices.ts";
import { isFromRule, toldAlert } from "./told-alert.ts";

/** How often what fires on is put again, with its value as it is now, milliseconds. Source: Prometheus, `--rules.alert.resend-delay`. */
const RESEND_MS = 60_000;

/** Alerts of one evaluation of which the compared value is asked for: of others, the rule's own value is told. */
const MAX_READINGS = 20;

/** As routes know a report: with `severity="info"`. */
const REPORT_ALERT = "DailyReport";

/** An alert that fired before a restart, and of whose rule there are no data, is taken to fire for so long, milliseconds. */
const CONFIRMATION_MS = 25 * 3_600_000;

export interface NotifyingOptions {
  readonly store: Store;
  readonly guard: Guard;
  readonly settings: NotifySettings;
  readonly groups: () => readonly RuleGroup[];
  readonly secret: (reference: string) => Promise<string> | string;
  readonly redact: (text: string) => string;
  readonly log: JsonLog;
  readonly clock: Clock;
  /** Where Haltwatch's page is, for links. */
  readonly pageUrl: () => string;
  /** Where others reach it; `undefined` if nobody outside of this machine can. */
  readonly externalUrl: string | undefined;
  /** For all that leaves; `fetch` itself if it is left out. */
  readonly fetch?: typeof fetch;
  /** Of a report that is kept, a PNG. */
  readonly reportPicture?: (id: string) => Uint8Array | undefined;
}

export class Notifying implements AsyncDisposable {
  readonly silences: Silences;
  readonly #options: NotifyingOptions;
  readonly #dispatcher: Dispatcher;
  readonly #outbox: Outbox;
  readonly #painter: PicturePainter;
  readonly #shelf: PictureShelf;
  readonly #alertmanagers: Alertmanagers;
  /** A flood of alerts has the event loop for itself for some milliseconds at a time, only. */
  readonly #slices: Slices<Alert>;
  /** By group: when its alerts were put last. */
  readonly #putMs = new WeakMap<RuleGroup, number>();
  #settings: NotifySettings;

  /** @throws {StoreError} if the file cannot be read or written */
  constructor(options: NotifyingOptions) {
    const { store, settings, log, clock } = options;
    const { tables } = store;
    const onError = (error: unknown): void => log.error("notify_failed", { error: this.#line(error) });
    this.#options = options;
    this.#settings = settings;
    this.silences = new Silences(tables, clock);
    this.#painter = new PicturePainter({ redact: options.redact });
    this.#shelf = new PictureShelf(tables);
    this.#outbox = new Outbox({
      ...{ tables, clock, secret: options.secret, externalUrl: options.externalUrl, onError },
      ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
      log: {
        error: (event, fields) => log.error(event, { ...fields }),
        info: (event, fields) => log.info(event, { ...fields }),
      },
      pictureOf: async (notification) => await this.#pictureOf(notification),
      onChannelDown: (health) => this.#tellOfChannel(health, undefined),
      onChannelUp: (health) => this.#tellOfChannel(health, clock.now()),
    });
    this.#dispatcher = new Dispatcher({
      ...{ config: settings.config, tables, outbox: this.#outbox, silences: this.silences, clock, onError },
      confirmationTimeoutMs: CONFIRMATION_MS,
    });
    this.#alertmanagers = new Alertmanagers({ ...options, urls: settings.alertmanagers });
    this.#slices = new Slices({ take: (alerts) => this.#put(alerts), onError, monotonic: () => clock.monotonic() });
  }

  /** From now on messages leave. */
  start(): void {
    this.#outbox.use(channelsOf(this.#settings.config));
    // They may have been restarted, too, and what has no data now is not put again.
    this.#alertmanagers.post(this.fromRules());
    this.#painter.warmUp();
  }

  reload(settings: NotifySettings): void {
    this.#settings = settings;
    this.#dispatcher.reload(settings.config);
    this.#outbox.use(channelsOf(settings.config));
    this.#alertmanagers.use(settings.alertmanagers);
  }

  /** Other rules are in force: an alert that none of them gives any more is over. */
  rulesLoaded(): void {
    const known = new Set(this.#options.groups().flatMap(({ alertingRules }) => alertingRules.map(({ name }) => name)));
    const nowMs = this.#options.clock.now();
    const gone = this.fromRules().filter(({ labels }) => !known.has(labels.get("alertname")));
    this.#slices.add(gone.map((alert) => () => ({ ...alert, endsAtMs: nowMs })));
  }

  /** Those that fire and are from rules, also from before a restart; those that others have posted are not among them. */
  fromRules(): Alert[] {
    return this.#dispatcher
      .alerts()
      .filter(({ alert }) => isFromRule(alert))
      .map(({ alert }) => alert);
  }

  /** To be called with all changes of an evaluation. */
  changed(changes: readonly AlertChange[]): void {
    const told = changes.filter(({ kind }) => kind !== "pending" && kind !== "no-data");
    this.#slices.add(told.map((change, index) => () => this.#changed(change, index)));
  }

  /** To be called after each evaluation of a group: what fires on is told again now and then, with its value as it is now. */
  evaluated(group: RuleGroup, timeMs: number): void {
    const last = this.#putMs.get(group);
    if (last === undefined) this.#putMs.set(group, timeMs);
    if (last === undefined || timeMs - last < RESEND_MS) return;
    this.#putMs.set(group, timeMs);
    const firing = group.alertingRules.flatMap((rule) =>
      rule.activeAlerts().flatMap((alert) => (alert.state === "firing" ? [{ rule, alert }] : [])),
    );
    const times = { timeMs, endsAtMs: undefined };
    this.#slices.add(
      firing.map(
        ({ rule, alert }, at) =>
          () =>
            this.#told(rule, alert, times, at),
      ),
    );
  }

  /** Takes alerts that are not from rules: of a real Prometheus, of a person. */
  put(alerts: readonly Alert[]): Promise<void> {
    return this.#dispatcher.put(alerts);
  }

  /** Past routes' waits, inhibitions and silences: for what nobody must miss. */
  tellNow({ name, labels: own, summary, description }: UrgentAlert): void {
    const labels = Labels.from({ alertname: name, severity: "critical", ...own });
    const receivers = this.#settings.config.route.match(labels).map(({ options }) => options.receiver);
    const alert: Alert = {
      ...{ labels, startsAtMs: this.#options.clock.now(), endsAtMs: undefined, generatorUrl: "" },
      annotations: new Map(Object.entries({ summary, description })),
      ...{ value: undefined, threshold: undefined, done: [] },
    };
    this.#tell(alert, (receiver) => receivers.includes(receiver));
  }

  /**
   * Sends a report to whom the routes send what is for information, but for those who are woken by what they are sent.
   *
   * @returns to how many channels
   */
  tellReport(report: ReportText): number {
    const labels = Labels.from({ alertname: REPORT_ALERT, severity: "info" });
    const receivers = this.#settings.config.route.match(labels).map(({ options }) => options.receiver);
    const alert: Alert = {
      ...{ labels, startsAtMs: this.#options.clock.now(), endsAtMs: undefined, generatorUrl: report.url ?? "" },
      annotations: new Map([
        ["summary", report.headline],
        ["description", report.lines.join("\n")],
      ]),
      ...{ value: undefined, threshold: undefined, done: [] },
    };
    return this.#tell(alert, (receiver, _, kind) => receivers.includes(receiver) && kind !== "pagerduty", report);
  }

  /** @returns `undefined` if it cannot be drawn: a report goes without it, too */
  async drawReport(report: ReportPicture): Promise<Uint8Array | undefined> {
    const outcome = await this.#painter.drawReport(report);
    if (outcome.kind === "drawn") return outcome.png;
    this.#options.log.warn("picture_failed", { error: outcome.fault });
    return undefined;
  }

  /** Sends past the outbox, as soon as the channel's limits allow it. */
  send(notification: Notification): Promise<Sent> {
    return this.#outbox.send(notification);
  }

  alerts(): AlertWithStatus[] {
    return this.#dispatcher.alerts();
  }

  alertGroups(): AlertGroup[] {
    return this.#dispatcher.groups();
  }

  get config(): NotifyConfig {
    return this.#settings.config;
  }

  channels(): ChannelHealth[] {
    return this.#outbox.health();
  }

  deadLetters(): DeadLetter[] {
    return this.#outbox.deadLetters();
  }

  /** @returns how many are tried again */
  retryDeadLetters(ids?: readonly number[]): number {
    return this.#outbox.retryDeadLetters(ids);
  }

  /** @returns how many were forgotten */
  dropDeadLetters(ids?: readonly number[]): number {
    return this.#outbox.dropDeadLetters(ids);
  }

  /** A PNG, by the id in its link. */
  picture(id: string): Uint8Array | undefined {
    return this.#shelf.get(id);
  }

  /** Writes what is to be written; what is not sent yet is sent after the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#slices[Symbol.dispose]();
    this.#alertmanagers[Symbol.dispose]();
    this.#dispatcher[Symbol.dispose]();
    await Promise.all([this.#outbox[Symbol.asyncDispose](), this.#painter[Symbol.asyncDispose]()]);
  }

  #changed({ kind, rule, alert, timeMs }: AlertChange, index: number): Alert {
    const endsAtMs = kind === "firing" ? undefined : (alert.resolvedAtMs ?? timeMs);
    const told = this.#told(rule, alert, { timeMs, endsAtMs }, index);
    if (kind !== "ended-without-data") return told;
    return { ...told, annotations: new Map([...told.annotations, [ENDED_WITHOUT_DATA, "true"]]) };
  }

  #told(
    rule: AlertingRule,
    alert: AlertChange["alert"],
    times: { readonly timeMs: number; readonly endsAtMs: number | undefined },
    index: number,
  ): Alert {
    const { store, guard, pageUrl } = this.#options;
    return toldAlert(rule, alert, times, {
      reader: index < MAX_READINGS ? store : undefined,
      guard,
      pageUrl: pageUrl(),
    });
  }

  async #put(alerts: readonly Alert[]): Promise<void> {
    this.#alertmanagers.post(alerts);
    try {
      await this.#dispatcher.put(alerts);
    } catch (error) {
      this.#options.log.error("notify_failed", { error: this.#line(error) });
    }
  }

  #tellOfChannel(health: ChannelHealth, endsAtMs: number | undefined): void {
    const { log, clock } = this.#options;
    const { receiver, channel, lastError, waiting } = health;
    if (endsAtMs === undefined) log.error("channel_down", { receiver, channel, error: lastError, waiting });
    else log.warn("channel_up", { receiver, channel, waiting });
    const alert = channelAlert(health, endsAtMs, clock.now());
    this.#tell(alert, (otherReceiver, other) => otherReceiver !== receiver || other !== channel);
  }

  /** @returns to how many channels it goes */
  #tell(
    alert: Alert,
    isFor: (receiver: string, channel: string, kind: string) => boolean,
    report?: ReportText,
  ): number {
    const { store, clock } = this.#options;
    const timeMs = clock.now();
    const notifications = channelsOf(this.#settings.config)
      .filter(({ receiver, channel, sender }) => isFor(receiver, channel, sender.kind))
      .map(({ receiver, channel }): Notification => {
        const groupKey = `{}/{haltwatch}:${alert.labels}${report === undefined ? "" : `/${report.id}`}`;
        return {
          ...{ groupKey, receiver, channel, timeMs, alerts: [alert], truncatedAlerts: 0 },
          status: alert.endsAtMs === undefined ? "firing" : "resolved",
          groupLabels: new Map(alert.labels),
          commonLabels: new Map(alert.labels),
          commonAnnotations: alert.annotations,
          idempotencyKey: `${groupKey}/${receiver}/${channel}/${timeMs}`,
          ...(report === undefined ? {} : { report }),
        };
      });
    if (notifications.length === 0) return 0;
    try {
      store.tables.transaction(() => this.#outbox.add(notifications));
      return notifications.length;
    } catch (error) {
      this.#options.log.error("notify_failed", { error: this.#line(error) });
      return 0;
    }
  }

  async #pictureOf(notification: Notification): Promise<{ png: Uint8Array; url?: string } | undefined> {
    const { store, groups, clock, log, reportPicture } = this.#options;
    try {
      if (notification.report !== undefined) return this.#shown(reportPicture?.(notification.report.id));
      const chart = await pictureFor(notification, { reader: store, groups: groups(), nowMs: clock.now() });
      if (chart === undefined) return undefined;
      const outcome = await this.#painter.draw(chart);
      if (outcome.kind === "none") return undefined;
      return this.#shown(outcome.png);
    } catch (error) {
      log.warn("picture_failed", { error: this.#line(error) });
      return undefined;
    }
  }

  /** With a link for those who are not sent the picture itself. */
  #shown(png: Uint8Array | undefined): { png: Uint8Array; url?: string } | undefined {
    if (png === undefined) return undefined;
    const { externalUrl, clock } = this.#options;
    const id = externalUrl === undefined ? undefined : this.#shelf.put(png, clock.now());
    return id === undefined
      ? { png }
      : { png, url: `${externalUrl?.replace(/\/+$/, "")}/api/haltwatch/pictures/${id}.png` };
  }

  #line(error: unknown): string {
    return this.#options.redact(errorLine(error));
  }
}
