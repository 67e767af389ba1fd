/** Why Haltwatch itself is not well: what an outside dead-man's switch is told. */
import type { ChannelHealth } from "@haltwatch/notify";

/** A group of rules that is so late is not evaluated, milliseconds. */
const OVERDUE_MS = 60_000;

/** A message that has waited so long does not get through, milliseconds. */
const STUCK_MS = 600_000;

export interface OwnState {
  /** Why no bot is given a lease; `undefined` if they are. */
  readonly refusal: string | undefined;
  readonly overdue: readonly { readonly group: { readonly name: string }; readonly lateMs: number }[];
  readonly channels: readonly Pick<ChannelHealth, "receiver" | "channel" | "kind" | "isDown" | "oldestMs">[];
  readonly nowMs: number;
}

/** @returns `undefined` if it is well: it writes, evaluates its rules, and people can be told by one way at least */
export function ownFault({ refusal, overdue, channels, nowMs }: OwnState): string | undefined {
  if (refusal !== undefined) return refusal;
  const late = overdue.find(({ lateMs }) => lateMs > OVERDUE_MS);
  if (late !== undefined) return `rule group ${late.group.name} is not evaluated`;
  const configured = channels.filter(({ kind }) => kind !== undefined);
  const stuck = configured.filter(({ isDown, oldestMs }) => isDown || nowMs - (oldestMs ?? nowMs) > STUCK_MS);
  if (configured.length === 0 || stuck.length < configured.length) return undefined;
  return "no channel takes messages: people are not told";
}
