/** What the bot does when it is paused: cancels its orders, closes its positions; within a budget, and with a report. */
import { errorLine } from "../errors.ts";
import type { PauseCause } from "./trading-paused.ts";

/** How long a handler may take unless it says otherwise, milliseconds. */
const DEFAULT_BUDGET_MS = 5_000;

/** What a handler did. What is left out counts as 0. */
export interface PauseReport {
  /** Orders cancelled. */
  readonly cancelled?: number | undefined;
  /** Orders that could not be cancelled. */
  readonly failed?: number | undefined;
  /** Orders left open, on purpose or for want of time. */
  readonly leftOpen?: number | undefined;
  /** Positions closed, where the handler does that. */
  readonly flattened?: number | undefined;
  /** For people. */
  readonly note?: string | undefined;
}

/** What a handler is told. */
export interface PauseEvent extends PauseCause {
  /** Aborted when the budget is used up: what goes on after that is not reported. */
  readonly signal: AbortSignal;
}

export type PauseHandler = (event: PauseEvent) => PauseReport | undefined | Promise<PauseReport | undefined>;

export interface PauseHandlerOptions {
  /** How long it may take, milliseconds (default 5,000). */
  readonly budgetMs?: number | undefined;
  /** Also when a lease ends without a pause: resting orders would go on trading unwatched (default true). */
  readonly onLostLease?: boolean | undefined;
}

/** What all handlers together did. */
export interface HandledPause {
  readonly outcome: "done" | "failed" | "timeout" | "none";
  readonly cancelled: number;
  readonly failed: number;
  readonly leftOpen: number;
  readonly flattened: number | undefined;
  readonly note: string | undefined;
}

type After = (ms: number, call: () => void) => () => void;

type Ending = { readonly outcome: "done" | "failed" | "timeout"; readonly report: PauseReport };

export class PauseHandlers {
  readonly #handlers = new Map<object, { readonly handler: PauseHandler; readonly options: PauseHandlerOptions }>();
  readonly #after: After;

  constructor(after: After) {
    this.#after = after;
  }

  /** @returns takes it out again */
  add(handler: PauseHandler, options: PauseHandlerOptions): () => void {
    const key = {};
    this.#handlers.set(key, { handler, options });
    return () => this.#handlers.delete(key);
  }

  /** Runs all of them at once, each within its budget. Never rejects. */
  async run(cause: PauseCause): Promise<HandledPause> {
    const meant = [...this.#handlers.values()].filter(
      ({ options }) => cause.pause !== undefined || options.onLostLease !== false,
    );
    const endings = await Promise.all(
      meant.map(({ handler, options }) => this.#runOne(handler, cause, options.budgetMs ?? DEFAULT_BUDGET_MS)),
    );
    const sum = (of: (report: PauseReport) => number | undefined): number =>
      endings.reduce((total, { report }) => total + whole(of(report)), 0);
    const notes = endings.flatMap(({ report }) => (report.note === undefined ? [] : [String(report.note)]));
    return {
      outcome: worst(endings),
      cancelled: sum((report) => report.cancelled),
      failed: sum((report) => report.failed),
      leftOpen: sum((report) => report.leftOpen),
      flattened: endings.some(({ report }) => report.flattened !== undefined)
        ? sum((report) => report.flattened)
        : undefined,
      note: notes.length === 0 ? undefined : notes.join("; "),
    };
  }

  async #runOne(handler: PauseHandler, cause: PauseCause, budgetMs: number): Promise<Ending> {
    const abort = new AbortController();
    let cancelTimer: () => void = () => undefined;
    const timeout = new Promise<Ending>((resolve) => {
      cancelTimer = this.#after(budgetMs, () => {
        abort.abort();
        resolve({ outcome: "timeout", report: { note: `a handler took longer than its ${budgetMs} ms` } });
      });
    });
    try {
      return await Promise.race([timeout, handled(handler, { ...cause, signal: abort.signal })]);
    } finally {
      cancelTimer();
    }
  }
}

async function handled(handler: PauseHandler, event: PauseEvent): Promise<Ending> {
  try {
    return { outcome: "done", report: (await handler(event)) ?? {} };
  } catch (error) {
    return { outcome: "failed", report: { note: `a handler failed: ${errorLine(error)}` } };
  }
}

function worst(endings: readonly Ending[]): HandledPause["outcome"] {
  if (endings.some(({ outcome }) => outcome === "failed")) return "failed";
  if (endings.some(({ outcome }) => outcome === "timeout")) return "timeout";
  return endings.length === 0 ? "none" : "done";
}

/** A handler is the user's own code: its numbers may be anything. */
function whole(value: number | undefined): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}
