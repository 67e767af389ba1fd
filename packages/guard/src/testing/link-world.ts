/**
 * The world that the explorer tries: a Haltwatch with its disk, one bot, and what is on the wire between them. The parts that
 * decide are the real ones; they can be exchanged for wrong ones, to show that the explorer finds those.
 *
 * The wire is the set of all that was ever sent: each message may arrive at any time, any number of times, or never. That is
 * loss, delay, doubling and reordering in one.
 */
import { withArm } from "../arm.ts";
import { type BotLease, granted, mayTrade, startedLease, told } from "../bot-lease.ts";
import { type Latch, type Pause, UNLATCHED, withPause } from "../latch.ts";
import { type Grant, grantFor } from "../lease.ts";

/** Of a lease, in ticks of the world's clock. */
export const LEASE = 2;

/** The wall clock's milliseconds in a tick: a restart takes longer than as many milliseconds as there are changes. */
const TICK_MS = 1000;

export interface World {
  /** Ticks. */
  readonly now: number;
  readonly server: Server;
  readonly disk: Disk;
  readonly bot: Bot;
  /** Sorted texts of messages, each once. */
  readonly wire: readonly string[];
  readonly left: Left;
  readonly truth: Truth;
}

interface Server {
  readonly isUp: boolean;
  readonly latch: Latch;
  /** Epochs of pauses that are in force and not on the disk. */
  readonly unwritten: readonly number[];
  /** A pause is being written: nothing else happens in the process until that is done. */
  readonly isWriting: boolean;
  /** The bot's connection, once its first renewal was answered. */
  readonly session: string | undefined;
  /** Since when it is down. */
  readonly downSince: number;
}

interface Disk {
  readonly latch: Latch;
  readonly epochs: readonly number[];
}

interface Bot {
  readonly lease: BotLease;
  /** When it was started: its monotonic clock began then. */
  readonly bootedAt: number;
  readonly sessions: number;
}

/** How often things may still happen. */
export interface Left {
  readonly ticks: number;
  readonly renewals: number;
  readonly pauses: number;
  readonly arms: number;
  readonly serverKills: number;
  readonly botKills: number;
  readonly cuts: number;
  readonly diskFaults: number;
}

/** What really happened; nobody in the world knows it. Pauses go by {@link nameOf}. */
export interface Truth {
  /** Acknowledged by the server and not armed, with the tick from which the bot must not trade any more. */
  readonly acknowledged: { readonly [rule: string]: number };
  /** Seen by this process of the bot, and not armed. */
  readonly seen: readonly string[];
  /** The newest renewal that was granted: the tick when the bot sent it. */
  readonly grantedSentAt: number;
  readonly hasArmWithoutReason: boolean;
}

export type Message =
  | {
      readonly to: "server";
      readonly kind: "renewal";
      readonly session: string;
      readonly seq: number;
      readonly epoch: number;
      readonly sentAt: number;
    }
  | ({ readonly to: "bot" } & Grant)
  | {
      readonly to: "bot";
      readonly kind: "news";
      readonly session: string;
      readonly epoch: number;
      readonly pauses: Grant["pauses"];
    };

/** What decides. */
export interface Parts {
  readonly withPause: typeof withPause;
  readonly withArm: typeof withArm;
  readonly grantFor: typeof grantFor;
  /** The bot's, with the time of its clock. */
  readonly granted: (lease: BotLease, grant: Grant, now: number) => BotLease;
  readonly told: typeof told;
  readonly mayTrade: typeof mayTrade;
  /** What is read from the disk after a restart. */
  readonly readLatch: (disk: Latch) => Latch;
  /** The server's wall clock, milliseconds. */
  readonly timeMs: (now: number) => number;
  /** Whether a pause is acknowledged before it is written. */
  readonly acknowledgesEarly: boolean;
}

export const REAL_PARTS: Parts = {
  withPause,
  withArm,
  grantFor,
  granted,
  told,
  mayTrade,
  readLatch: (disk) => disk,
  timeMs: (now) => now * TICK_MS,
  acknowledgesEarly: false,
};

/** All is well, nobody has a lease yet. */
export function newWorld(left: Left): World {
  return {
    now: 1,
    server: { isUp: true, latch: UNLATCHED, unwritten: [], isWriting: false, session: undefined, downSince: 0 },
    disk: { latch: UNLATCHED, epochs: [] },
    bot: { lease: startedLease("s1"), bootedAt: 1, sessions: 1 },
    wire: [],
    left,
    truth: { acknowledged: {}, seen: [], grantedSentAt: Number.NEGATIVE_INFINITY, hasArmWithoutReason: false },
  };
}

/** Tells pauses apart even where wrong parts give a number out twice: each has a rule of its own, or another number. */
export function nameOf({ rule = "", epoch }: Pause): string {
  return `${rule}@${epoch}`;
}

export function botTime({ now, bot }: World): number {
  return now - bot.bootedAt;
}

export function sent(world: World, message: Message): World {
  const text = JSON.stringify(message);
  return world.wire.includes(text) ? world : { ...world, wire: [...world.wire, text].toSorted() };
}
