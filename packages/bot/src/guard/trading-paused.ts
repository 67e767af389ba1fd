import { HaltwatchError } from "../errors.ts";
import type { Intent, Pause, TradingScope, TradingState } from "./pause.ts";

/** What forbids an order. */
export interface PauseCause {
  readonly state: Exclude<TradingState, "ACTIVE">;
  readonly reason: string;
  /** `undefined` where a person paused, or a lease ended. */
  readonly rule: string | undefined;
  readonly by: string;
  /** Since when, Unix milliseconds. */
  readonly timeMs: number;
  /** `undefined` where there is no pause, only no lease. */
  readonly pause: Pause | undefined;
}

/** Thrown by {@link Guard.check} in place of an order: trading is paused. Its code is `TRADING_PAUSED` or `NO_LEASE`. */
export class TradingPaused extends HaltwatchError implements PauseCause {
  override readonly name = "TradingPaused";
  readonly intent: Intent;
  readonly scope: TradingScope | undefined;
  readonly state: Exclude<TradingState, "ACTIVE">;
  readonly reason: string;
  readonly rule: string | undefined;
  readonly by: string;
  /** Since when, Unix milliseconds. */
  readonly timeMs: number;
  readonly pause: Pause | undefined;

  constructor(intent: Intent, scope: TradingScope | undefined, cause: PauseCause) {
    const where = [scope?.venue, scope?.strategy].filter((part) => part !== undefined).join(", ");
    const what = `${intent === "close" ? "closing" : "opening"}${where === "" ? "" : ` (${where})`}`;
    const rule = cause.rule === undefined ? "" : `rule ${cause.rule}: `;
    const since = new Date(cause.timeMs).toISOString();
    super(
      cause.pause === undefined ? "NO_LEASE" : "TRADING_PAUSED",
      `${what} is not allowed: ${cause.state} since ${since} by ${cause.by}, ${rule}${cause.reason}`,
      {
        hint:
          cause.pause === undefined
            ? "See that Haltwatch runs, and that link_url and link_token lead to it"
            : "Mend the cause, then arm it: haltwatch arm --scope … --reason …",
      },
    );
    this.intent = intent;
    this.scope = scope;
    this.state = cause.state;
    this.reason = cause.reason;
    this.rule = cause.rule;
    this.by = cause.by;
    this.timeMs = cause.timeMs;
    this.pause = cause.pause;
  }
}
