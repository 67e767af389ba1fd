/** Whether a person's arm is granted. Only this takes a pause away. */
import { keptText, type Latch, nextEpoch, type Pause } from "./latch.ts";
import { contains, printScope, type Scope } from "./scope.ts";

/**
 * Arms all pauses of exactly this scope: a pause of `bot:arb-1` stays when `all` is armed, and the other way round, as whoever
 * looked at the one has not looked at the other. {@link ArmOutcome} names what stays.
 */
export interface ArmRequest {
  readonly scope: Scope;
  /** Only these of the scope's pauses, by epoch; all of them if none are named. */
  readonly only?: readonly number[] | undefined;
  /** Why it is safe to trade again. */
  readonly reason: string;
  /** The person. */
  readonly by: string;
  /** Arms although the rule still fires. The journal says so. */
  readonly force?: boolean | undefined;
  readonly timeMs: number;
}

export type ArmRefusalCode =
  /** An arm needs a reason. */
  | "NO_REASON"
  /** An arm needs a person. */
  | "NO_PERSON"
  /** The scope has no such pause. */
  | "NOT_PAUSED"
  /** The cause is still there. Nothing was armed, also no other pause of the scope. */
  | "STILL_FIRING";

export interface ArmRefusal {
  readonly kind: "refused";
  readonly code: ArmRefusalCode;
  readonly message: string;
  /** What to do. */
  readonly hint: string;
  /** Pauses whose rule still fires. */
  readonly firing: readonly Pause[];
}

export interface Armed {
  readonly kind: "armed";
  readonly epoch: number;
  readonly armed: readonly Pause[];
  /** Those of the armed whose rule still fires. */
  readonly firing: readonly Pause[];
  /** Pauses that still hold for the scope, or for a part of it. */
  readonly remaining: readonly Pause[];
  readonly isForced: boolean;
}

export type ArmOutcome = Armed | ArmRefusal;

/** @returns what comes of the request, and the latch afterwards */
export function withArm(
  latch: Latch,
  { scope, only, reason, by, force, timeMs }: ArmRequest,
  isFiring: (pause: Pause) => boolean,
): { readonly latch: Latch; readonly outcome: ArmOutcome } {
  const refused = (code: ArmRefusalCode, message: string, hint: string, firing: readonly Pause[] = []) =>
    ({ latch, outcome: { kind: "refused", code, message, hint, firing } }) as const;
  if (keptText(reason) === "")
    return refused("NO_REASON", "an arm needs a reason", "Say why it is safe to trade again");
  if (keptText(by) === "") return refused("NO_PERSON", "an arm needs a person", "Say who arms");

  const text = printScope(scope);
  const armed = latch.pauses.filter(
    (pause) => printScope(pause.scope) === text && (only === undefined || only.includes(pause.epoch)),
  );
  const others = latch.pauses.filter((pause) => !armed.includes(pause));
  if (armed.length === 0 || (only !== undefined && armed.length < new Set(only).size)) {
    const scopes = [...new Set(latch.pauses.map((pause) => printScope(pause.scope)))];
    const hint = scopes.length === 0 ? "Nothing is paused" : `Paused are: ${scopes.slice(0, 10).join("; ")}`;
    return refused("NOT_PAUSED", `${text} has no ${only === undefined ? "pause" : "such pause"}`, hint);
  }
  const firing = armed.filter(isFiring);
  if (firing.length > 0 && force !== true) {
    const rules = [...new Set(firing.map(({ rule = "" }) => rule))].join(", ");
    const hint = "Mend the cause first, or arm with force: the journal will say so";
    return refused("STILL_FIRING", `${text} stays paused: ${rules} still fires`, hint, firing);
  }
  const epoch = nextEpoch(latch, timeMs);
  const remaining = others.filter((pause) => contains(pause.scope, scope) || contains(scope, pause.scope));
  const outcome: Armed = { kind: "armed", epoch, armed, firing, remaining, isForced: firing.length > 0 };
  return { latch: { epoch, pauses: others }, outcome };
}
