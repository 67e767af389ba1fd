/**
 * Everything that watches beside the rules: data that vanish, bots that trade on after a pause or are gone, Haltwatch itself, and who
 * uses what changes something. What it finds is told at once, to the log and the journal, and is in Haltwatch's own metrics, by
 * which the system rules tell people.
 */
import { errorLine, type JsonLog, type Registry } from "@haltwatch/bot";
import {
  type Guard,
  type GuardChange,
  type JournalNote,
  type Pause,
  printScope,
  type TradingAfterPause,
} from "@haltwatch/guard";
import { isPauseRule, type RuleGroup } from "@haltwatch/rules";
import type { Labels, Store } from "@haltwatch/store";
import type { AccessUse } from "../api/index.ts";
import type { RefusalReport } from "../link/index.ts";
import { type MissingData, NoDataActions } from "../pausing/no-data-actions.ts";
import { PauseVerification } from "../pausing/trading-after-pause.ts";
import type { AlertChange } from "../rules/alert-changes.ts";
import type { Clock } from "../scrape/clock.ts";
import { FoldedNotes } from "./folded-notes.ts";
import { type LinkedBot, LinkedBots } from "./linked-bots.ts";
import { OwnSamples } from "./own-samples.ts";
import { type DiskSpace, type SelfTrouble, SelfWatch } from "./self-watch.ts";
import { WatchMetrics } from "./watch-metrics.ts";

/** How often counters of paused bots are looked at that are scraped, milliseconds. */
const VERIFY_MS = 1_000;

/** Most journal entries that wait for a disk that fails. */
const MAX_UNWRITTEN = 100;

export interface WatchingOptions {
  readonly store: Store;
  readonly guard: Guard;
  readonly registry: Registry;
  readonly log: JsonLog;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly orderCounters: readonly string[];
  /** How long after an acknowledgement orders may be recorded that were under way, milliseconds. */
  readonly orderGraceMs: number;
  readonly groups: () => readonly RuleGroup[];
  readonly overdue: () => readonly { readonly group: RuleGroup; readonly lateMs: number }[];
  readonly targets: () => readonly { readonly labels: Labels; readonly scrapeIntervalMs: number }[];
  readonly disk: () => DiskSpace | undefined;
  /** Metrics have to be watched that were not before, or the other way round. */
  readonly onWatched: () => void;
  /** To be told to people at once, past all that makes them wait. */
  readonly onAlert: (alert: UrgentAlert) => void;
}

/** What nobody must miss. */
export interface UrgentAlert {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
}

/** How a bot's link came or went. */
export type LinkChange = "linked" | "gone" | "left";

export class Watching implements Disposable {
  readonly #options: WatchingOptions;
  readonly #notes: FoldedNotes;
  readonly #bots: LinkedBots;
  readonly #noData: NoDataActions;
  readonly #verification: PauseVerification;
  readonly #self: SelfWatch;
  readonly #metrics: WatchMetrics;
  #own: OwnSamples | undefined;
  /** For the journal, oldest first. */
  readonly #unwritten: JournalNote[] = [];
  #cancelVerifying: () => void = () => undefined;
  #isStopped = false;

  /** @throws {StoreError} if the file cannot be read or written */
  constructor(options: WatchingOptions) {
    const { store, guard, clock, leaseMs, log } = options;
    this.#options = options;
    this.#notes = new FoldedNotes((note) => this.#write(note), clock);
    const onError = (error: unknown): void => log.error("watching_failed", { error: errorLine(error) });
    this.#bots = new LinkedBots(store.tables, { now: clock.now, onError });
    this.#noData = new NoDataActions({
      ...{ store, guard, clock, leaseMs, groups: options.groups, targets: options.targets, onError },
      isLinkedBot: (bot) => this.#bots.has(bot),
      onMissing: (missing) => this.#tellMissing(missing),
    });
    this.#verification = new PauseVerification({
      ...{ store, counters: options.orderCounters, graceMs: options.orderGraceMs },
      onTrading: (found) => this.#tellTrading(found),
    });
    this.#self = new SelfWatch({
      ...{ clock, leaseMs, disk: options.disk },
      overdue: () => options.overdue().filter(({ group }) => group.rules.some(isPauseRule)),
      write: () => {
        if (this.#self.isStoreFailing) store.commit();
        guard.flush();
        for (const note of this.#unwritten.splice(0)) this.#write(note);
      },
      onTrouble: (trouble) => this.#tellTrouble(trouble),
    });
    this.#metrics = new WatchMetrics(options.registry, {
      lagMs: () => this.#self.takeLagMs(),
      clockJumps: () => this.#self.clockJumps,
      disk: () => this.#self.disk,
      isStoreFailing: () => this.#self.isStoreFailing,
      areLeasesWithheld: () => this.refusal !== undefined,
      bots: () => this.#bots.list(),
      missing: () => this.#noData.missing(),
      ordersAfterPause: () => this.#verification.orders,
    });
  }

  /**
   * From now on; to be called when the rules are loaded.
   *
   * @param instance where Haltwatch is reached; `undefined`: its own metrics are not kept
   */
  start(instance: string | undefined): void {
    const { store, registry, clock, log } = this.#options;
    this.#noData.start();
    this.#self.start();
    this.#verifyLater();
    if (instance === undefined) return;
    const onError = (error: unknown): void => log.error("own_metrics_failed", { error: errorLine(error) });
    this.#own = new OwnSamples({ store, registry, clock, instance, onError });
    this.#own.start();
  }

  /** Other rules, or other targets, are in force. */
  configured(): void {
    this.#noData.start();
  }

  /** Why nobody may be given a lease now; `undefined` if everybody may. */
  get refusal(): string | undefined {
    return this.#self.refusal;
  }

  /** Metrics whose samples are wanted at once, beside those of pause rules. */
  get watched(): Iterable<string> {
    return this.#verification.watched;
  }

  /** Bots that are linked, and those that went without goodbye. */
  linked(): readonly LinkedBot[] {
    return this.#bots.list();
  }

  /** Whether data are missing that a pause is for: then its cause is still there. */
  isMissing(pause: Pause): boolean {
    return this.#noData.isMissing(pause);
  }

  storeFailed(): void {
    this.#self.storeFailed();
  }

  /** Samples have come. */
  arrived(metrics: ReadonlySet<string>): void {
    this.#verification.look(metrics);
  }

  linkChanged(bot: string, instance: string, change: LinkChange, reason: string): void {
    if (this.#isStopped) return; // it is Haltwatch that goes: the bots are expected back
    switch (change) {
      case "linked":
        this.#bots.linked(bot, instance);
        return;
      case "left":
        this.#bots.left(bot, instance);
        if (!this.#bots.has(bot)) this.#noData.forget(bot);
        return;
      case "gone":
        this.#bots.gone(bot, instance);
        this.#options.log.error("bot_gone_without_goodbye", { bot, instance, reason });
        this.#note("note", "bot-gone", { who: bot, what: `${bot} (${instance}) is gone without goodbye`, why: reason });
        return;
      default:
        change satisfies never;
    }
  }

  /** @param timeMs by the clock of the bot's samples, Unix milliseconds */
  acknowledged(bot: string, epoch: number, timeMs: number): void {
    const pause = this.#options.guard.pauses().find((one) => one.epoch === epoch);
    if (pause === undefined) return;
    this.#verification.acknowledged(bot, pause, timeMs);
    this.#options.onWatched();
  }

  /** A bot that is not on the link has stopped, as its orchestrator says: what is scraped of it must show no more orders. */
  stoppedByOrchestrator(bot: string, epoch: number, timeMs: number): void {
    for (const pause of this.#options.guard.pausesOf(bot))
      if (pause.epoch <= epoch) this.#verification.acknowledged(bot, pause, timeMs);
    this.#options.onWatched();
  }

  /** To be called before bots are told. */
  guardChanged(change: GuardChange): void {
    if (change.kind !== "arm") return;
    this.#verification.armed(change.armed);
    this.#options.onWatched();
    for (const { scope, rule } of change.armed) {
      this.#bots.forgetGone(scope.bot);
      const text = printScope(scope);
      for (const one of this.#noData.missing())
        if (one.rule === rule && printScope(one.scope) === text) this.#noData.forget(one.source);
    }
  }

  /** Of a rule that pauses, each change is in the journal. */
  alertChanged({ kind, alert, rule, timeMs }: AlertChange): void {
    if (!isPauseRule(rule) || kind === "pending") return;
    const { alertname = rule.name, ...labels } = alert.labels.toObject();
    const why = alert.annotations.get("summary") ?? "";
    this.#note("alert-change", `alert/${rule.name}`, {
      timeMs,
      who: "rules",
      what: `${alertname}: ${kind}`,
      why,
      data: labels,
    });
  }

  /** Somebody has used the control token, or was refused. */
  accessed({ address, method, path, refused }: AccessUse): void {
    const what = `${method} ${path}`.slice(0, 300);
    if (refused === undefined) {
      this.#note("token-use", "token-use", { who: address, what, why: "" });
      return;
    }
    this.#metrics.refused(refused.type);
    this.#note("refused", `access/${refused.type}`, { who: address, what, why: refused.message.slice(0, 300) });
  }

  linkRefused({ code, message, bot, address }: RefusalReport): void {
    const who = bot === undefined ? address : `${bot} (${address})`;
    this.#note("refused", `link/${code}`, { who, what: `link: ${code}`, why: message });
  }

  /** To be called before links are ended and the store is closed. */
  [Symbol.dispose](): void {
    this.#isStopped = true;
    this.#own?.[Symbol.dispose]();
    this.#noData[Symbol.dispose]();
    this.#self[Symbol.dispose]();
    this.#cancelVerifying();
    this.#notes[Symbol.dispose]();
  }

  #verifyLater(): void {
    this.#cancelVerifying = this.#options.clock.after(VERIFY_MS, () => {
      this.#verification.look();
      this.#verifyLater();
    });
  }

  #tellMissing({ rule, selector, source, scope, state, lastMs }: MissingData): void {
    const last = new Date(lastMs).toISOString();
    this.#own?.now();
    this.#options.log.error("no_data", { rule, selector, source, scope: printScope(scope), state, last });
  }

  #tellTrading({ bot, pause, orders, newOrders, acknowledgedMs, seenMs }: TradingAfterPause): void {
    const scope = printScope(pause.scope);
    const message = `${bot} has recorded ${orders} orders since it acknowledged that ${scope} is ${pause.state}: stop it by hand`;
    const [acknowledged, seen] = [acknowledgedMs, seenMs].map((ms) => new Date(ms).toISOString());
    this.#options.log.error("trading_after_pause", {
      ...{ alert: "TradingAfterPause", severity: "critical", message, bot, scope, orders, new_orders: newOrders },
      ...{ reason: pause.reason, rule: pause.rule, acknowledged, seen },
    });
    const data = { bot, scope, orders, epoch: pause.epoch };
    this.#own?.now();
    // How it goes on, the system rule tells as its routes say.
    if (orders === newOrders) {
      const description = "Its orders may rest at the venue: stop its process, and cancel them by hand.";
      this.#options.onAlert({ name: "TradingAfterPause", labels: { bot, scope }, summary: message, description });
    }
    this.#note("alert-change", "trading-after-pause", {
      who: bot,
      what: "TradingAfterPause: firing",
      why: message,
      data,
    });
  }

  #tellTrouble({ kind, severity, message }: SelfTrouble): void {
    const { log } = this.#options;
    if (severity === "critical") log.error(kind, { severity, message });
    else log.warn(kind, { severity, message });
    this.#note("note", `self/${kind}`, { who: "haltwatch", what: kind, why: message });
  }

  #note(
    kind: JournalNote["kind"],
    folded: string,
    note: Omit<JournalNote, "kind" | "timeMs"> & { readonly timeMs?: number },
  ): void {
    this.#notes.add(folded, { timeMs: this.#options.clock.now(), ...note, kind });
  }

  /** Where the disk fails, the log has said so already, and what happened, too; it is written when it can be. */
  #write(note: JournalNote): void {
    const { guard, log } = this.#options;
    try {
      guard.journal.append(note);
    } catch (error) {
      if (this.#unwritten.length < MAX_UNWRITTEN) this.#unwritten.push(note);
      log.debug("journal_failed", { what: note.what, error: errorLine(error) });
    }
  }
}
