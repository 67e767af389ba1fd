/**
 * Carries out the guard's pauses for bots that are not on the link, through their orchestrators. Each orchestrator is to do what
 * the strictest pause that touches its scope says; it is resumed only when a person has armed the last of them. Nothing here
 * waits for the disk before a pause leaves.
 */
import type { Guard, GuardChange } from "../guard.ts";
import type { Tables } from "../journal.ts";
import { type Scope, touches } from "../scope.ts";
import { strictest, type TradingState } from "../state.ts";
import { Orchestrator, type Progress } from "./orchestrator.ts";
import type { OrchestratorClock, OrchestratorFetch } from "./orchestrator-call.ts";
import type { OrchestratorEvent } from "./orchestrator-event.ts";
import type { OrchestratorAction, OrchestratorSettings } from "./orchestrator-settings.ts";
import { type KeptWish, OrchestratorTables } from "./orchestrator-tables.ts";
import { isStricterAction, type Wish } from "./wish.ts";

/** When what could not be written is tried again, milliseconds. */
const SAVE_AGAIN_MS = 1000;

export interface OrchestratorsOptions {
  readonly guard: Guard;
  /** Of the store: `store.tables`. */
  readonly tables: Tables;
  readonly fetch: OrchestratorFetch;
  readonly clock: OrchestratorClock;
  /** 0 to 1, as Math.random. */
  readonly random: () => number;
  /** Must not throw. */
  readonly onEvent: (event: OrchestratorEvent) => void;
  /** Told when what was asked of orchestrators cannot be written. */
  readonly onError: (error: unknown) => void;
}

/** How things stand with an orchestrator. */
export interface OrchestratorStatus {
  readonly name: string;
  readonly scope: Scope;
  /** What the guard says of its scope. */
  readonly state: TradingState;
  /** What was last wanted of it; `undefined` if nothing was, or it is left to people. */
  readonly progress: Progress | undefined;
}

export class Orchestrators implements Disposable {
  readonly #options: OrchestratorsOptions;
  readonly #tables: OrchestratorTables;
  readonly #stopListening: () => void;
  #orchestrators: readonly Orchestrator[] = [];
  /** By name. */
  #kept: ReadonlyMap<string, KeptWish>;
  #cancelSave: (() => void) | undefined;

  /**
   * Begins to listen to the guard. Nothing is done before {@link apply}.
   *
   * @throws {StoreError} if what was asked before cannot be read
   */
  constructor(options: OrchestratorsOptions) {
    this.#options = options;
    this.#tables = new OrchestratorTables(options.tables);
    this.#kept = new Map(this.#tables.read().map((kept) => [kept.name, kept]));
    this.#stopListening = options.guard.onChange((change) => this.#changed(change));
  }

  /**
   * From now on these: those that are paused are asked to pause, also if they were before. What was paused before and has been
   * armed since is asked to resume, if it is still the same orchestrator.
   */
  apply(settings: readonly OrchestratorSettings[]): void {
    const before = this.#orchestrators;
    const names = new Set(settings.map(({ name }) => name));
    const { onEvent } = this.#options;
    this.#orchestrators = settings.map((one) => {
      const same = before.find((orchestrator) => isSame(orchestrator.settings, one));
      const wasAsked = this.#kept.has(one.name);
      const onDone = (wish: Wish): void => this.#done(one.name, wish);
      return same ?? new Orchestrator({ ...this.#options, settings: one, wasAsked, onDone });
    });
    for (const orchestrator of before) {
      if (!this.#orchestrators.includes(orchestrator)) orchestrator[Symbol.dispose]();
    }
    for (const [name, { action }] of this.#kept) {
      if (!names.has(name) && action !== "resume") onEvent({ kind: "removed-while-paused", name });
    }
    this.#kept = new Map([...this.#kept].filter(([name]) => names.has(name)));
    const lost = this.#orchestrators.filter((one) => !before.includes(one) && this.#start(one) === "lost-history");
    this.#save();
    // Told when all have started: whoever hears of it pauses, which changes what is wanted.
    for (const { settings } of lost) {
      const { name, scope } = settings;
      onEvent({ kind: "lost-history", name, scope, epoch: this.#kept.get(name)?.epoch ?? 0 });
    }
  }

  status(): readonly OrchestratorStatus[] {
    return this.#orchestrators.map(({ settings: { name, scope }, progress }) => ({
      name,
      scope,
      state: this.#options.guard.stateOf(scope),
      progress,
    }));
  }

  /** Asks nobody any more; what was asked and not confirmed is asked again after the next start. */
  [Symbol.dispose](): void {
    this.#stopListening();
    for (const orchestrator of this.#orchestrators) orchestrator[Symbol.dispose]();
    this.#orchestrators = [];
    if (this.#cancelSave === undefined) return;
    this.#cancelSave();
    this.#write();
    this.#cancelSave?.();
  }

  #changed(change: GuardChange): void {
    const reason = change.kind === "arm" ? change.reason : "";
    for (const orchestrator of this.#orchestrators) this.#update(orchestrator, reason);
  }

  /** What is in force is asked again, as nobody knows what has happened since; what was armed since is made up for. */
  #start(orchestrator: Orchestrator): "started" | "lost-history" {
    const { settings } = orchestrator;
    const kept = this.#kept.get(settings.name);
    // Somebody else was paused by that name: only who was paused is resumed.
    if (kept !== undefined && kept.identity !== settings.identity) this.#keep(settings, undefined);
    else if (kept !== undefined && this.#pauseWish(orchestrator) === undefined) {
      const isResumed = kept.action === "resume" && kept.isDone;
      if (!isResumed && !this.#options.guard.knows(kept.epoch)) return "lost-history";
    }
    this.#update(orchestrator, "armed while Haltwatch was away");
    return "started";
  }

  /** @param armReason why, if it is to resume */
  #update(orchestrator: Orchestrator, armReason: string): void {
    const { settings, progress } = orchestrator;
    const before = this.#kept.get(settings.name);
    const wish = this.#pauseWish(orchestrator) ?? this.#resumeWish(before, armReason);
    if (wish === undefined) return;
    if (wish.action === "resume" && settings.resume === undefined) {
      orchestrator.leaveAsItIs();
      this.#keep(settings, undefined);
      this.#options.onEvent({ kind: "left-paused", name: settings.name, epoch: wish.epoch });
      return;
    }
    // Where a person resumes by hand, a person makes a pause laxer, too.
    const staysAsStrict =
      settings.resume === undefined && before !== undefined && isStricterAction(before.action, wish.action);
    const action = staysAsStrict ? before.action : wish.action;
    if (progress?.wish.action === action) return;
    this.#want(orchestrator, { ...wish, action });
  }

  #want(orchestrator: Orchestrator, wish: Wish): void {
    orchestrator.want(wish);
    this.#keep(orchestrator.settings, wish);
  }

  /** For the strictest pause that touches its scope; `undefined` if none does. */
  #pauseWish({ settings }: Orchestrator): Wish | undefined {
    const pauses = this.#options.guard.pauses().filter(({ scope }) => touches(scope, settings.scope));
    const state = strictest(pauses.map((pause) => pause.state));
    const cause = pauses.find((pause) => pause.state === state);
    if (cause === undefined) return undefined;
    const action: OrchestratorAction = state === "REDUCING" && settings.reduce !== undefined ? "reduce" : "pause";
    return { action, epoch: this.#options.guard.epoch, state, reason: cause.reason, rule: cause.rule ?? "" };
  }

  /** Of what was never paused by Haltwatch, nothing is resumed. */
  #resumeWish(before: KeptWish | undefined, reason: string): Wish | undefined {
    if (before === undefined || (before.action === "resume" && before.isDone)) return undefined;
    return { action: "resume", epoch: this.#options.guard.epoch, state: "ACTIVE", reason, rule: "" };
  }

  #done(name: string, { action, epoch }: Wish): void {
    const kept = this.#kept.get(name);
    if (kept === undefined || kept.isDone || kept.action !== action || kept.epoch !== epoch) return;
    this.#kept = new Map([...this.#kept, [name, { ...kept, isDone: true }]]);
    this.#save();
  }

  #keep({ name, identity }: OrchestratorSettings, wish: Wish | undefined): void {
    const kept = new Map(this.#kept);
    if (wish === undefined) kept.delete(name);
    else kept.set(name, { name, identity, action: wish.action, epoch: wish.epoch, isDone: false });
    this.#kept = kept;
    this.#save();
  }

  /** In a later turn: no request waits for the disk. */
  #save(): void {
    this.#cancelSave ??= this.#options.clock.after(0, () => this.#write());
  }

  #write(): void {
    const { clock, onError } = this.#options;
    this.#cancelSave = undefined;
    try {
      this.#tables.replace([...this.#kept.values()]);
    } catch (error) {
      onError(error);
      this.#cancelSave = clock.after(SAVE_AGAIN_MS, () => this.#write());
    }
  }
}

/** With the same settings it is spoken to as before; headers are read at each request, and templates made of the same texts. */
function isSame(a: OrchestratorSettings, b: OrchestratorSettings): boolean {
  return a.name === b.name && a.identity === b.identity;
}
