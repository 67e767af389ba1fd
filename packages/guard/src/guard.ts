/**
 * The guard: what is paused, kept in the one SQLite file. `pause` has written when it returns; only `arm`, by a person and with
 * a reason, takes a pause away. Reading after a sudden death of the process gives exactly what was acknowledged.
 *
 * Where the disk fails, safety goes first: a pause holds at once, and the caller is told that it would not outlive the process;
 * an arm does not happen.
 */
import { type ArmOutcome, type ArmRequest, withArm } from "./arm.ts";
import { GuardError } from "./guard-error.ts";
import { GuardTables } from "./guard-tables.ts";
import { Journal, type Tables } from "./journal.ts";
import { keptText, type Latch, type Latched, type Pause, type PauseRequest, stateOf, withPause } from "./latch.ts";
import { printScope, type TradingRequest } from "./scope.ts";
import type { TradingState } from "./state.ts";

export type GuardChange =
  | { readonly kind: "pause"; readonly epoch: number; readonly pause: Pause }
  | {
      readonly kind: "arm";
      readonly epoch: number;
      readonly armed: readonly Pause[];
      readonly by: string;
      readonly reason: string;
      readonly isForced: boolean;
    };

export interface GuardOptions {
  /** Told what a listener of changes has thrown: the pause itself holds, is told to the others and written. */
  readonly onListenerError: (error: unknown) => void;
}

/** A pause that is in force, and not in the file yet. */
type Unwritten = Pick<Latched, "pause" | "replaced">;

export class Guard {
  readonly journal: Journal;
  readonly #tables: GuardTables;
  readonly #onListenerError: (error: unknown) => void;
  readonly #listeners = new Set<(change: GuardChange) => void>();
  #latch: Latch;
  #unwritten: readonly Unwritten[] = [];

  /**
   * Reads what is paused.
   *
   * @param tables of the store: `store.tables`
   * @throws {StoreError} if the file cannot be read or written
   * @throws {GuardError} `DAMAGED` if it cannot tell what is paused: nothing must trade then
   * @example
   * const guard = new Guard(store.tables, { onListenerError: (error) => log.error(error) });
   * guard.onChange((change) => link.tell(change));
   * guard.pause({ scope: { bot: "arb-1" }, state: "HALTED", reason: "5 orders failed", by: "rules", rule: "OrdersFail", timeMs });
   * guard.stateOf({ bot: "arb-1" }); // "HALTED"
   */
  constructor(tables: Tables, { onListenerError }: GuardOptions) {
    this.#onListenerError = onListenerError;
    this.#tables = new GuardTables(tables);
    this.journal = new Journal(tables);
    this.#latch = this.#tables.readLatch();
  }

  /** The number of the last change: rises with each, also over restarts. */
  get epoch(): number {
    return this.#latch.epoch;
  }

  /** Whether all pauses in force are on the disk. While they are not, nobody should be given a lease. */
  get isDurable(): boolean {
    return this.#unwritten.length === 0;
  }

  /** All pauses in force, by epoch. */
  pauses(): readonly Pause[] {
    return this.#latch.pauses;
  }

  /** Those that can touch an order of the bot. */
  pausesOf(bot: string): readonly Pause[] {
    return this.#latch.pauses.filter(({ scope }) => scope.bot === undefined || scope.bot === bot);
  }

  /** The strictest of all pauses that touch the request; a request that names no venue is touched by a pause of any. */
  stateOf(request: TradingRequest): TradingState {
    return stateOf(this.#latch.pauses, request);
  }

  /**
   * Whether the change of this number is in this file. If not, somebody has seen what the file has lost: a pause from just
   * before a crash, or all that came after the backup that it was restored from.
   */
  knows(epoch: number): boolean {
    return epoch === 0 || this.#tables.hasEpoch(epoch);
  }

  /**
   * Pauses. Listeners are told at once, before the disk is waited for; when it returns, the pause and its journal entry are on
   * the disk. A pause of the same cause (scope and rule, or scope, person and reason) that is as strict is already in force, and
   * is returned as it is.
   *
   * @throws {GuardError} `NOT_DURABLE`: the pause holds, but only as long as this process lives. {@link flush} tries again.
   */
  pause(request: PauseRequest): Pause {
    const { latch, pause, isChange, replaced } = withPause(this.#latch, request);
    if (isChange) {
      this.#latch = latch;
      this.#unwritten = [...this.#unwritten, { pause, replaced }];
      this.#tell({ kind: "pause", epoch: pause.epoch, pause });
    }
    this.flush();
    return pause;
  }

  /**
   * Lifts a scope's pauses: see {@link ArmRequest} for which. A refusal is a value, and in the journal.
   *
   * @param request whose `firing` says whether a pause's rule still fires; only asked of pauses that have a rule
   * @throws {GuardError} `NOT_DURABLE`: nothing was armed
   */
  arm(request: ArmRequest & { readonly firing: (pause: Pause) => boolean }): ArmOutcome {
    // Asked first: what it does must not come between the decision and the writing.
    const firing = new Map(
      this.#latch.pauses.map((pause) => [pause.epoch, pause.rule !== undefined && request.firing(pause)]),
    );
    const before = this.#latch;
    const { latch, outcome } = withArm(before, request, ({ epoch }) => firing.get(epoch) ?? true);
    const scope = printScope(request.scope);
    const [by, reason] = [keptText(request.by), keptText(request.reason)];
    const note = { timeMs: request.timeMs, who: by, why: reason };
    try {
      this.#write(() => {
        if (outcome.kind === "refused") {
          const what = `arm ${scope}: ${outcome.message}`;
          this.journal.appendWithin({ ...note, kind: "refused", what, data: { scope, code: outcome.code } });
          return;
        }
        this.#tables.addEpoch(outcome.epoch);
        for (const { epoch } of outcome.armed) this.#tables.removePause(epoch);
        this.journal.appendWithin({
          ...note,
          kind: outcome.isForced ? "forced-arm" : "arm",
          what: `arm ${scope}`,
          data: {
            epoch: outcome.epoch,
            scope,
            armed: outcome.armed.map(({ epoch }) => epoch),
            firing: outcome.firing.map(({ rule = "" }) => rule),
          },
        });
      });
    } catch (cause) {
      const hint = "See to the disk, then arm again";
      throw new GuardError("NOT_DURABLE", `${scope} stays as it is: the file cannot be written`, hint, { cause });
    }
    if (outcome.kind === "refused") return outcome;
    this.#latch = latch;
    const { epoch, armed, isForced } = outcome;
    this.#tell({ kind: "arm", epoch, armed, by, reason, isForced });
    return outcome;
  }

  /** Writes what could not be written before; to be tried again now and then. @throws {GuardError} `NOT_DURABLE` */
  flush(): void {
    if (this.isDurable) return;
    try {
      this.#write(() => {});
    } catch (cause) {
      const scopes = [...new Set(this.#unwritten.map(({ pause }) => printScope(pause.scope)))].join("; ");
      throw new GuardError(
        "NOT_DURABLE",
        `the pause of ${scopes} holds, but is not on the disk`,
        "See to the disk, and do not stop Haltwatch before: the pause would be forgotten",
        { cause },
      );
    }
  }

  /**
   * Called with each change, in order: with a pause before it is on the disk, so that bots stop sooner; with an arm after.
   *
   * @returns ends it
   */
  onChange(listener: (change: GuardChange) => void): () => void {
    const own = (change: GuardChange): void => listener(change);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** All pauses that are not in the file yet, and the change, in one transaction. */
  #write(change: () => void): void {
    const unwritten = this.#unwritten;
    this.#tables.transaction(() => {
      for (const { pause, replaced } of unwritten) {
        if (replaced !== undefined) this.#tables.removePause(replaced);
        this.#tables.addEpoch(pause.epoch);
        this.#tables.addPause(pause);
        this.journal.appendWithin(journalNote(pause));
      }
      change();
    });
    this.#unwritten = this.#unwritten.filter((pause) => !unwritten.includes(pause));
  }

  /** No listener's error keeps a pause from being told to the others, and written. */
  #tell(change: GuardChange): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }
}

function journalNote({ epoch, scope, state, reason, by, rule, timeMs }: Pause): Parameters<Journal["appendWithin"]>[0] {
  const text = printScope(scope);
  return {
    timeMs,
    kind: "pause",
    who: by,
    what: `pause ${text}: ${state}`,
    why: reason,
    data: { epoch, scope: text, state, ...(rule === undefined ? {} : { rule }) },
  };
}
