/**
 * How everything stands, on one page: each bot, what fires, what answers. Made at most once a second however many ask, from what
 * is in memory: nobody's look costs a scan of the store.
 */
import { type Guard, type OrchestratorStatus, type Pause, touches } from "@haltwatch/guard";
import type { Pack } from "@haltwatch/packs";
import type { RuleGroup } from "@haltwatch/rules";
import { METRIC_NAME, type Store } from "@haltwatch/store";
import { shownPause } from "../pausing/pause-routes.ts";
import type { Clock } from "../scrape/index.ts";
import type { LinkedBot } from "../watching/linked-bots.ts";
import { BotAlerts } from "./bot-alerts.ts";
import { type AlertCounts, type BotState, countsOf, stateFrom } from "./bot-state.ts";
import type { BotAnswer, OverviewAnswer } from "./overview-answer.ts";
import { rememberPast, rememberPauses } from "./past-states.ts";
import { PnlLines } from "./pnl-lines.ts";
import { StateStrip } from "./state-strip.ts";
import { walletsOf } from "./wallets.ts";
import { type WatchedBot, WatchedBots } from "./watched-bots.ts";

/** How often states are noted and points of lines are made, whether or not somebody looks, milliseconds. */
const NOTE_MS = 10_000;

/** For so long what was made is handed out again, milliseconds. */
const FRESH_MS = 900;

const DAY_MS = 86_400_000;

/** For so long silences are not looked at again, milliseconds: of thousands of alerts that takes its time. */
const SILENCED_MS = 2_000;

/** Without a sample for longer, milliseconds, nobody can say that all is well. */
const SILENT_MS = 60_000;

/** A probe's newest sample is older, milliseconds: it is not counted. */
const LOOKBACK_MS = 300_000;

export interface OverviewSources {
  readonly store: Store;
  readonly guard: Guard;
  readonly version: string;
  readonly startTimeMs: number;
  readonly isDemo: boolean;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  readonly packs: () => readonly Pack[];
  readonly configHash: () => string;
  /** A threshold's value. */
  readonly limitOf: (threshold: string) => number | undefined;
  readonly groups: () => readonly RuleGroup[];
  readonly linked: () => readonly LinkedBot[];
  readonly orchestrators: () => readonly Pick<OrchestratorStatus, "scope">[];
  readonly targets: () => readonly {
    readonly health: "up" | "down" | "unknown";
    readonly lastScrapeMs: number | undefined;
  }[];
  /** How many alerts nobody is told of because a person said so. */
  readonly silenced: () => number;
  /** Why Haltwatch itself does not watch as it should; `undefined` if it does. */
  readonly fault: () => string | undefined;
}

export interface Beat {
  readonly now: string;
  readonly last_sample: string | null;
  readonly last_evaluation: string | null;
  readonly worst: BotState;
  readonly firing: number;
  readonly paused: number;
}

interface BotNow {
  readonly watched: WatchedBot;
  readonly alerts: AlertCounts;
  readonly pauses: readonly Pause[];
  readonly state: BotState;
}

export class Overview implements Disposable {
  readonly #sources: OverviewSources;
  readonly #bots: WatchedBots;
  readonly #strips = new Map<string, StateStrip>();
  readonly #pnl: PnlLines;
  readonly #disposed = new AbortController();
  /** What the past of each bot is read in, one after the other. */
  #remembering: Promise<void> = Promise.resolve();
  #isEvaluating = false;
  #isNoting = false;
  #cancelNote: () => void = () => undefined;
  #silenced = { timeMs: Number.NEGATIVE_INFINITY, count: 0 };
  #lastLinkMs: number | undefined;
  #lastEvaluationMs: number | undefined;
  #made: { readonly timeMs: number; readonly view: OverviewAnswer } | undefined;

  constructor(sources: OverviewSources) {
    this.#sources = sources;
    this.#bots = new WatchedBots({ ...sources, pauses: () => sources.guard.pauses() });
    this.#pnl = new PnlLines(sources.store, sources.onError);
  }

  /** From now on states are noted; to be called when the rules are loaded. */
  start(): void {
    this.#cancelNote = this.#sources.clock.after(NOTE_MS, () => {
      this.start();
      this.#note();
    });
  }

  /** Reads what the store and the journal know of the bots that are known now; else that is done bit by bit. */
  async remembered(): Promise<void> {
    let reading: Promise<void> | undefined;
    while (reading !== this.#remembering) {
      reading = this.#remembering;
      await reading;
    }
  }

  [Symbol.dispose](): void {
    this.#disposed.abort();
    this.#cancelNote();
  }

  /** Samples have come over a link. */
  arrived(timeMs: number): void {
    this.#lastLinkMs = Math.max(this.#lastLinkMs ?? 0, timeMs);
  }

  /** A group of rules was evaluated. */
  evaluated(timeMs: number): void {
    this.#lastEvaluationMs = Math.max(this.#lastEvaluationMs ?? 0, timeMs);
  }

  /** Something has changed that must be seen at once. What begins and ends between two looks is noted, too. */
  changed(): void {
    this.#made = undefined;
    if (this.#isNoting) return;
    this.#isNoting = true;
    setImmediate(() => {
      this.#isNoting = false;
      this.#note();
    });
  }

  view(): OverviewAnswer {
    const nowMs = this.#sources.clock.now();
    const made = this.#made;
    if (made !== undefined && nowMs >= made.timeMs && nowMs - made.timeMs < FRESH_MS) return made.view;
    const view = this.#make(nowMs);
    this.#made = { timeMs: nowMs, view };
    return view;
  }

  /** Names of the bots that are watched. */
  botNames(): readonly string[] {
    return this.#bots.list(this.#sources.clock.now()).map(({ bot }) => bot);
  }

  beat(): Beat {
    const nowMs = this.#sources.clock.now();
    const alerts = new BotAlerts(this.#sources.groups());
    return this.#beat(nowMs, alerts, this.#botsNow(nowMs, alerts));
  }

  #note(): void {
    if (this.#disposed.signal.aborted) return; // the store may be closed
    try {
      const nowMs = this.#sources.clock.now();
      this.#botsNow(nowMs, new BotAlerts(this.#sources.groups()));
      this.#evaluatePnl();
    } catch (error) {
      this.#sources.onError(error);
    }
  }

  /** What is missing of the lines, some points each turn. */
  #evaluatePnl(): void {
    if (this.#isEvaluating || this.#disposed.signal.aborted) return;
    const { packs, clock } = this.#sources;
    this.#isEvaluating = this.#pnl.evaluateSome(packs(), clock.now());
    if (!this.#isEvaluating) return;
    setImmediate(() => {
      this.#isEvaluating = false;
      this.#evaluatePnl();
    });
  }

  #beat(nowMs: number, alerts: BotAlerts, bots: readonly BotNow[]): Beat {
    const { guard, targets, groups, fault } = this.#sources;
    const lastSampleMs = this.#lastSampleMs();
    const pauses = guard.pauses();
    const isSilent = lastSampleMs === undefined || nowMs - lastSampleMs > SILENT_MS;
    const counts = countsOf(alerts.firing.map(({ labels }) => labels.get("severity")));
    const areAnswering =
      bots.every(({ watched }) => watched.isAnswering) && targets().every(({ health }) => health !== "down");
    // That nothing fires says something only where rules are evaluated.
    const areEvaluated = groups().every(({ rules }) => rules.every(({ health }) => health.kind !== "err"));
    const isSeen = !isSilent && areAnswering && areEvaluated && fault() === undefined;
    return {
      now: iso(nowMs),
      last_sample: isoOrNull(lastSampleMs),
      last_evaluation: isoOrNull(this.#lastEvaluationMs),
      worst: stateFrom(pauses.length > 0, counts, isSeen),
      firing: alerts.firing.length,
      paused: pauses.length,
    };
  }

  #make(nowMs: number): OverviewAnswer {
    const { version, startTimeMs, configHash, isDemo } = this.#sources;
    const alerts = new BotAlerts(this.#sources.groups());
    const bots = this.#botsNow(nowMs, alerts);
    this.#evaluatePnl();
    const pnl = new Map<Pack | undefined, ReadonlyMap<string, number>>(
      this.#sources.packs().map((pack) => [pack, this.#pnl.now(pack, nowMs)]),
    );
    const { worst, firing, ...beat } = this.#beat(nowMs, alerts, bots);
    return {
      ...{ now: beat.now, version, started: iso(startTimeMs), config_hash: configHash(), worst },
      ...{ last_sample: beat.last_sample, last_evaluation: beat.last_evaluation },
      bots: bots.map((one) => ({
        ...this.#shownBot(one, nowMs),
        pnl: this.#pnl.of(one.watched, pnl.get(one.watched.pack) ?? new Map(), nowMs) ?? null,
        wallets: walletsOf(one.watched, this.#sources.store, this.#sources.limitOf, nowMs),
      })),
      alerts: {
        ...{ firing, pending: alerts.pendingCount, silenced: this.#silencedCount(nowMs) },
        ...countsOf(alerts.firing.map(({ labels }) => labels.get("severity"))),
      },
      targets: this.#targetCounts(),
      probes: this.#probeCounts(nowMs),
      is_demo: isDemo,
    };
  }

  #botsNow(nowMs: number, alerts: BotAlerts): BotNow[] {
    const { guard } = this.#sources;
    const listed = this.#bots.list(nowMs);
    const names = new Set(listed.map(({ bot }) => bot));
    for (const bot of this.#strips.keys()) if (!names.has(bot)) this.#strips.delete(bot);
    return listed.map((watched): BotNow => {
      const counts = countsOf(alerts.severitiesOf(watched));
      const pauses = guard.pausesOf(watched.bot);
      const state = stateFrom(pauses.length > 0, counts, watched.isAnswering);
      this.#stripOf(watched, nowMs).mark(state, nowMs);
      return { watched, alerts: counts, pauses, state };
    });
  }

  #shownBot({ watched, alerts, pauses }: BotNow, nowMs: number): Omit<BotAnswer, "pnl" | "wallets"> {
    const { bot, pack, via, isAnswering, lastSampleMs } = watched;
    const strip = this.#stripOf(watched, nowMs);
    const state = this.#sources.guard.stateOf({ bot });
    // Since the first of the pauses that are as strict as it is.
    const since = pauses.filter((pause) => pause.state === state).map(({ timeMs }) => timeMs);
    return {
      ...{ bot, pack: pack?.name ?? null, via, is_answering: isAnswering, state },
      since: since.length === 0 ? null : iso(Math.min(...since)),
      pauses: pauses.filter(({ scope }) => touches(scope, { bot })).map(shownPause),
      last_sample: isoOrNull(lastSampleMs),
      alerts,
      strip_24h: strip.lastDay(nowMs),
      strip_30d: strip.lastDays(nowMs),
    };
  }

  #stripOf(watched: WatchedBot, nowMs: number): StateStrip {
    const known = this.#strips.get(watched.bot);
    if (known !== undefined) return known;
    const strip = new StateStrip();
    this.#strips.set(watched.bot, strip);
    // The last day of every bot first, then the month before.
    const [monthMs, dayMs] = [nowMs - 30 * DAY_MS, nowMs - DAY_MS];
    this.#remember(() => rememberPauses(strip, watched.bot, this.#sources.guard, { fromMs: monthMs, toMs: nowMs }));
    const past = (fromMs: number, toMs: number) => () =>
      rememberPast(strip, watched, this.#sources, { fromMs, toMs, signal: this.#disposed.signal });
    this.#remember(past(dayMs, nowMs));
    void this.#remembering.then(() => this.#remember(past(monthMs, dayMs)));
    return strip;
  }

  /** One after the other. */
  #remember(work: () => void | Promise<void>): void {
    this.#remembering = this.#remembering
      .then(() => (this.#disposed.signal.aborted ? undefined : work()))
      .catch(this.#sources.onError);
  }

  #lastSampleMs(): number | undefined {
    const scraped = this.#sources
      .targets()
      .flatMap(({ health, lastScrapeMs }) => (health === "up" ? (lastScrapeMs ?? []) : []));
    const all = [...scraped, ...(this.#lastLinkMs === undefined ? [] : [this.#lastLinkMs])];
    return all.length === 0 ? undefined : Math.max(...all);
  }

  #silencedCount(nowMs: number): number {
    if (Math.abs(nowMs - this.#silenced.timeMs) >= SILENCED_MS)
      this.#silenced = { timeMs: nowMs, count: this.#sources.silenced() };
    return this.#silenced.count;
  }

  #targetCounts(): Record<"up" | "down" | "unknown", number> {
    const counts = { up: 0, down: 0, unknown: 0 };
    for (const { health } of this.#sources.targets()) counts[health] += 1;
    return counts;
  }

  #probeCounts(nowMs: number): Record<"up" | "down", number> {
    const { store } = this.#sources;
    const counts = { up: 0, down: 0 };
    for (const labels of store.seriesLabels([{ name: METRIC_NAME, operator: "=", value: "probe_success" }])) {
      const { lastMs, lastValue, isStale } = store.series(labels);
      if (!isStale && nowMs - lastMs < LOOKBACK_MS) counts[lastValue === 1 ? "up" : "down"] += 1;
    }
    return counts;
  }
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function isoOrNull(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : iso(timeMs);
}
