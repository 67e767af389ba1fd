/** What one message is about: a group as it stands, with what was not told of it before; or many groups at once. */
import type { Alert, GroupStatus, Notification } from "../alert.ts";
import type { Level } from "./level.ts";

export type News = GroupNews | DigestNews;

/** One group. */
export interface GroupNews {
  readonly kind: "group";
  /** Its newest state. */
  readonly notification: Notification;
  /** What came before, and was not told because the channel was away or busy. */
  readonly earlier: Earlier | undefined;
}

/** States of a group that a newer one has taken the place of before they were told. */
export interface Earlier {
  readonly changes: number;
  /** When the oldest of them was to be told, Unix milliseconds. */
  readonly sinceMs: number;
  /** One of them was firing: who hears that it is resolved has not heard that it fired. */
  readonly wasFiring: boolean;
  /** Alerts that the newest state does not have any more. */
  readonly untold: readonly Alert[];
  /** How many more there were of those. */
  readonly moreUntold: number;
}

/** Many groups, a line for each. */
export interface DigestNews {
  readonly kind: "digest";
  /** The loudest first. */
  readonly groups: readonly GroupLine[];
  /** How many states of groups it stands for. */
  readonly changes: number;
  /** When the oldest of them was to be told, Unix milliseconds. */
  readonly sinceMs: number;
  /** Tells this digest from every other. */
  readonly idempotencyKey: string;
}

/** A group in one line. Its texts are not harmless yet. */
export interface GroupLine {
  /** The alerts' name; `3 rules` where they have several. */
  readonly name: string;
  readonly where: string;
  readonly level: Level;
  readonly status: GroupStatus;
  readonly firing: number;
  readonly resolved: number;
  /** When the oldest of its firing alerts began, or of the resolved ones. Unix milliseconds. */
  readonly startsAtMs: number;
  /** It ended because its data have gone: see {@link ENDED_WITHOUT_DATA}. */
  readonly endedWithoutData: boolean;
  /** It was firing and is resolved, and neither was told. */
  readonly cameAndWent: boolean;
}
