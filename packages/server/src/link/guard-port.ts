/**
 * What the link needs of whoever decides about pauses. The shapes are those of `packages/guard`; the link knows no more of it,
 * so that it can be tested alone, and cannot pause or arm anything itself.
 */

/** What is not named is all of its kind: `{}` is everything. */
export interface PauseScope {
  readonly bot?: string | undefined;
  readonly venue?: string | undefined;
  readonly strategy?: string | undefined;
}

/** A pause in force. */
export interface PauseView {
  /** The number of the change that made it: names the pause. */
  readonly epoch: number;
  readonly scope: PauseScope;
  readonly state: "REDUCING" | "HALTED";
  readonly reason: string;
  readonly by: string;
  readonly rule?: string | undefined;
  /** When, Unix milliseconds. */
  readonly timeMs: number;
}

/** What a bot did about a pause. */
export type PauseReport =
  /** It trades no more in what the pause is about, from when this was sent. */
  | { readonly stage: "received" }
  | {
      readonly stage: "done";
      /** How its `onPause` handlers ended: `none` if it has none. */
      readonly outcome: "done" | "failed" | "timeout" | "none";
      /** Orders: cancelled, tried in vain to cancel, left open on purpose or for want of time. */
      readonly cancelled: number;
      readonly failed: number;
      readonly leftOpen: number;
      /** Positions closed; `undefined` if it was not asked to. */
      readonly flattened?: number | undefined;
      readonly note?: string | undefined;
      /** From the pause's arrival to the end of its handlers, milliseconds. */
      readonly tookMs: number;
    };

export interface GuardPort {
  /** The number of the last change: rises with each pause and each arm, and never falls, not even by a restart. */
  readonly epoch: number;
  /** All pauses whose scope touches this bot. */
  stateFor(bot: string): readonly PauseView[];
  /**
   * Why no lease may be granted now: the disk is full, the file is broken. `undefined`, or no such method, if one may.
   */
  refusal?(bot: string): string | undefined;
  /**
   * The bot links, and was told this epoch before. Called before it is told anything: if the epoch is not known here (Haltwatch died
   * between telling of a pause and writing it, or its file is an older one), the bot has to be paused now.
   */
  linked?(bot: string, epoch: number): void;
  /**
   * @param listener called synchronously after each pause and each arm: before any lease of the new epoch is granted
   * @returns ends the calls
   */
  onChange(listener: () => void): () => void;
  /**
   * The bot has told what it did about this pause.
   *
   * @param timeMs when, by the clock of its samples in the store, Unix milliseconds
   */
  acknowledged(bot: string, epoch: number, report: PauseReport, timeMs: number): void;
}
