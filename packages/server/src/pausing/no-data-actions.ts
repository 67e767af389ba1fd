/**
 * What happens when a pause rule's data vanish: the policy of its label `no_data`. A bot that hangs, a feed that dies and a link
 * that is cut all look the same from here: what the rule reads does not come any more, and the rule is silent as if all were well.
 *
 * Time stands still here while Haltwatch itself does: what it could not hear is not missing.
 */
import {
  type Guard,
  NoDataWatch,
  type Pause,
  type PauseState,
  pausePolicy,
  printScope,
  type Scope,
} from "@haltwatch/guard";
import { printQuery, type VectorSelector } from "@haltwatch/promql";
import { type AlertingRule, isPauseRule, type RuleGroup } from "@haltwatch/rules";
import type { Labels, Store } from "@haltwatch/store";
import { selectorsBehind } from "../rules/rule-selectors.ts";
import type { Clock } from "../scrape/clock.ts";
import { scopeOfAlert } from "./alert-scope.ts";
import { type Cadence, SelectedSources } from "./data-sources.ts";

/** How often it is looked whether something has come, milliseconds. */
const LOOK_MS = 100;

/** How often it is looked which series there are, milliseconds. */
const REFRESH_MS = 1_000;

/** What a look that came late counts at most, milliseconds. */
const MAX_STEP_MS = 250;

/** A look that comes later than this says that the process stood still, milliseconds: bots have hung up, and come back. */
const STOOD_STILL_MS = 1_000;

/** How long bots may take to come back after a start, or after Haltwatch stood still, milliseconds: twice their longest wait. */
const RETURN_MS = 10_000;

/** So many of a target's intervals without a sample: one scrape may be lost. */
const SCRAPE_INTERVALS = 2.5;

/** What comes nobody knows how may be away for as long as a query looks back, milliseconds. */
const UNKNOWN_GRACE_MS = 5 * 60_000;

/** A target's series that is older than this at the start belongs to the past, milliseconds. */
const KNOWN_MS = 10 * 60_000;

/** How long before the end of a lease the policy acts for bots on the link, milliseconds. */
const BEFORE_LEASE_MS = 500;

/** A rule whose data are missing, and what was done about it. */
export interface MissingData {
  readonly rule: string;
  /** As it is written. */
  readonly selector: string;
  /** Whose: a bot's name, or `job/instance`. */
  readonly source: string;
  readonly scope: Scope;
  readonly state: PauseState;
  /** When something came last, Unix milliseconds. */
  readonly lastMs: number;
}

export interface NoDataOptions {
  readonly store: Store;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly groups: () => readonly RuleGroup[];
  readonly targets: () => readonly { readonly labels: Labels; readonly scrapeIntervalMs: number }[];
  /** Whether this bot is linked, or went without goodbye. */
  readonly isLinkedBot: (bot: string) => boolean;
  /** Told of what the policy acted on, after it did. */
  readonly onMissing: (missing: MissingData) => void;
  /** Told what went wrong with a pause that holds all the same. */
  readonly onError: (error: unknown) => void;
}

interface WatchedRule {
  readonly rule: AlertingRule;
  readonly watch: NoDataWatch;
  /** By the selector's text. */
  readonly selected: ReadonlyMap<string, SelectedSources>;
  /** What has come since the watch was told last, by selector. */
  readonly arrived: Map<string, Set<string>>;
  readonly missing: Map<string, MissingData>;
}

export class NoDataActions implements Disposable {
  readonly #options: NoDataOptions;
  #watched = new Map<string, WatchedRule>();
  #targets = new Map<string, number>();
  #monotonicMs: number;
  /** Time as it passes while this process can hear, milliseconds. */
  #heardMs = 0;
  #refreshedMs = Number.NEGATIVE_INFINITY;
  /** Until then nothing is missing yet. */
  #holdUntilMs = RETURN_MS;
  #cancel: () => void = () => undefined;

  constructor(options: NoDataOptions) {
    this.#options = options;
    this.#monotonicMs = options.clock.monotonic();
  }

  /** Begins to look; when rules were loaded, it is called again. */
  start(): void {
    this.#cancel();
    this.#refresh();
    this.#wait();
  }

  /** All that is missing now. */
  missing(): MissingData[] {
    return [...this.#watched.values()].flatMap(({ missing }) => [...missing.values()]);
  }

  /** Whether what a pause is for is still missing. */
  isMissing({ rule, scope }: Pause): boolean {
    const text = printScope(scope);
    return this.missing().some((one) => one.rule === rule && printScope(one.scope) === text);
  }

  /** A bot has said goodbye, or a person has armed it as it is: that it is gone is no news. */
  forget(source: string): void {
    for (const { watch, missing, arrived } of this.#watched.values()) {
      watch.forget(source);
      for (const sources of arrived.values()) sources.delete(source);
      for (const [key, one] of missing) if (one.source === source) missing.delete(key);
    }
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }

  #wait(): void {
    this.#cancel = this.#options.clock.after(LOOK_MS, () => {
      this.#look();
      this.#wait();
    });
  }

  #look(): void {
    const monotonicMs = this.#options.clock.monotonic();
    const elapsedMs = monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
    this.#heardMs += Math.min(elapsedMs, MAX_STEP_MS);
    if (elapsedMs > STOOD_STILL_MS) this.#holdUntilMs = this.#heardMs + RETURN_MS;
    if (this.#heardMs - this.#refreshedMs >= REFRESH_MS) this.#refresh();
    for (const watched of this.#watched.values()) this.#lookAt(watched);
  }

  #lookAt(watched: WatchedRule): void {
    const { watch, selected, arrived, missing } = watched;
    for (const [text, sources] of selected) {
      for (const source of sources.takeArrived()) {
        add(arrived, text, source);
        missing.delete(JSON.stringify([text, source]));
      }
    }
    if (this.#heardMs < this.#holdUntilMs) return;
    const found = watch.observe(this.#heardMs, arrived);
    arrived.clear();
    for (const { state, selector, source, lastMs } of found)
      this.#act(watched, { state, selector, source, agoMs: this.#heardMs - lastMs });
  }

  #act(
    { rule, selected, missing }: WatchedRule,
    { state, selector, source, agoMs }: { state: PauseState; selector: string; source: string; agoMs: number },
  ): void {
    const { guard, clock, onMissing, onError } = this.#options;
    const timeMs = clock.now();
    const labels = selected.get(selector)?.get(source)?.labels;
    // Of a rule's own labels those without a template are the alert's, too.
    const labelOf = (name: string): string | undefined => {
      const own = rule.labels.get(name);
      return own === undefined || own.includes("{{") ? labels?.get(name) : own;
    };
    const scope = scopeOfAlert(labelOf);
    const one = { rule: rule.name, selector, source, scope, state, lastMs: timeMs - agoMs };
    missing.set(JSON.stringify([selector, source]), one);
    const reason = `no data: ${selector} of ${source} last seen ${clockTime(one.lastMs)} UTC`;
    try {
      guard.pause({ scope, state, reason, by: "no-data", rule: rule.name, timeMs });
    } catch (error) {
      onError(error); // the pause holds: it is the disk that failed
    }
    onMissing(one);
  }

  /** Which rules, which series, which sources there are. */
  #refresh(): void {
    const { store, groups, targets } = this.#options;
    this.#refreshedMs = this.#heardMs;
    this.#targets = new Map(targets().map(({ labels, scrapeIntervalMs }) => [targetKey(labels), scrapeIntervalMs]));
    const all = groups();
    const watched = new Map<string, WatchedRule>();
    for (const group of all) {
      for (const rule of group.rules) {
        if (!isPauseRule(rule)) continue;
        const key = JSON.stringify([group.file, group.name, rule.name, rule.expr, ...rule.labels]);
        const known = this.#watched.get(key);
        const one = known === undefined ? this.#watchedRule(rule, all) : { ...known, rule };
        if (one === undefined) continue;
        watched.set(key, one);
        if (known === undefined) continue;
        for (const [text, sources] of one.selected) {
          for (const source of sources.refresh(store, (labels) => this.#cadenceOf(labels)))
            if (source.series.some(({ isStale }) => !isStale)) add(one.arrived, text, source.name);
        }
      }
    }
    this.#watched = watched;
  }

  #watchedRule(rule: AlertingRule, groups: readonly RuleGroup[]): WatchedRule | undefined {
    const { store } = this.#options;
    const policy = pausePolicy(rule.labels);
    if (policy === undefined || "message" in policy || policy.noData === "IGNORE") return undefined;
    const selected = new Map<string, SelectedSources>();
    const known = new Map<string, string[]>();
    for (const selector of selectorsBehind(rule, groups)) {
      const text = textOf(selector);
      if (selected.has(text)) continue;
      const sources = new SelectedSources(selector);
      selected.set(text, sources);
      const before = sources.refresh(store, (labels) => this.#cadenceOf(labels));
      known.set(
        text,
        before.filter((one) => this.#isExpected(one)).map(({ name }) => name),
      );
    }
    const graceMs = (source: string): number => this.#graceOf(selected, source);
    const watch = new NoDataWatch(policy, { graceMs, startMs: this.#heardMs, known });
    return { rule, watch, selected, arrived: new Map(), missing: new Map() };
  }

  /** Of what the store has from before: whether it should come again. */
  #isExpected({ cadence, lastMs }: { readonly cadence: Cadence; readonly lastMs: number }): boolean {
    if (cadence.kind === "unknown") return false;
    return cadence.kind === "link" || lastMs > this.#options.clock.now() - KNOWN_MS;
  }

  #cadenceOf(labels: Labels): Cadence {
    const intervalMs = this.#targets.get(targetKey(labels));
    if (intervalMs !== undefined) return { kind: "scrape", intervalMs };
    return this.#options.isLinkedBot(labels.get("bot")) ? { kind: "link" } : { kind: "unknown" };
  }

  #graceOf(selected: ReadonlyMap<string, SelectedSources>, name: string): number {
    let graceMs = 0;
    for (const sources of selected.values()) {
      const cadence = sources.get(name)?.cadence;
      if (cadence !== undefined) graceMs = Math.max(graceMs, this.#graceFor(cadence));
    }
    return graceMs === 0 ? UNKNOWN_GRACE_MS : graceMs;
  }

  #graceFor(cadence: Cadence): number {
    switch (cadence.kind) {
      case "link":
        return Math.max(LOOK_MS, this.#options.leaseMs - BEFORE_LEASE_MS);
      case "scrape":
        return SCRAPE_INTERVALS * cadence.intervalMs;
      case "unknown":
        return UNKNOWN_GRACE_MS;
      default:
        return cadence satisfies never;
    }
  }
}

function add(arrived: Map<string, Set<string>>, selector: string, source: string): void {
  const sources = arrived.get(selector);
  if (sources === undefined) arrived.set(selector, new Set([source]));
  else sources.add(source);
}

function targetKey(labels: Labels): string {
  return JSON.stringify([labels.get("job"), labels.get("instance")]);
}

/** As in the rule, without offset and `@`. */
function textOf(selector: VectorSelector): string {
  return printQuery({ ...selector, offsetMs: 0, offsetExpr: undefined, at: undefined });
}

/** `12:03:10` */
function clockTime(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(11, 19);
}
