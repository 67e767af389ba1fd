import { describe, expect, test } from "vitest";
import { withArm } from "./arm.ts";
import { granted, mayTrade } from "./bot-lease.ts";
import { withPause } from "./latch.ts";
import { grantFor } from "./lease.ts";
import { type Exploration, explore } from "./testing/explore.ts";
import { linkModel, tradesAgain } from "./testing/link-model.ts";
import { type Left, type Parts, REAL_PARTS, type World } from "./testing/link-world.ts";

const NOTHING: Left = {
  ...{ ticks: 0, renewals: 0, pauses: 0, arms: 0 },
  ...{ serverKills: 0, botKills: 0, cuts: 0, diskFaults: 0 },
};

/** Which things may happen how often together: each combination is explored to its end. */
const WORLDS: readonly (readonly [string, Left])[] = [
  ["pauses and arms", { ...NOTHING, ticks: 3, renewals: 2, pauses: 1, arms: 1 }],
  ["two pauses, armed one by one", { ...NOTHING, ticks: 2, renewals: 1, pauses: 2, arms: 2 }],
  [
    "the disk fails, the server dies",
    { ...NOTHING, ticks: 2, renewals: 2, pauses: 1, arms: 1, serverKills: 1, diskFaults: 1 },
  ],
  ["the server dies between two pauses", { ...NOTHING, ticks: 1, renewals: 2, pauses: 2, arms: 1, serverKills: 1 }],
  ["the bot dies", { ...NOTHING, ticks: 2, renewals: 2, pauses: 1, arms: 1, botKills: 1 }],
];

/** Minutes rather than seconds. */
const LARGER_WORLDS: typeof WORLDS = [
  ["two pauses", { ...NOTHING, ticks: 3, renewals: 2, pauses: 2, arms: 1 }],
  ["leases over time", { ...NOTHING, ticks: 4, renewals: 3, pauses: 1, arms: 1 }],
  [
    "the disk fails for longer",
    { ...NOTHING, ticks: 4, renewals: 2, pauses: 1, arms: 1, serverKills: 1, diskFaults: 2 },
  ],
  [
    "the bot dies, the connection is cut",
    { ...NOTHING, ticks: 3, renewals: 2, pauses: 1, arms: 1, botKills: 1, cuts: 1 },
  ],
  ["both die", { ...NOTHING, ticks: 3, renewals: 2, pauses: 1, arms: 1, serverKills: 1, botKills: 1 }],
];

/** Large enough for each of the mistakes below: the shortest way to it is found first. */
const SMALL_WORLDS: readonly Left[] = [
  { ...NOTHING, ticks: 2, renewals: 1, pauses: 2, arms: 1 },
  { ...NOTHING, ticks: 2, renewals: 2, pauses: 1, botKills: 1 },
  { ...NOTHING, ticks: 1, renewals: 2, pauses: 2, arms: 1, serverKills: 1 },
];

/** `HALTWATCH_EXPLORE=all` explores the larger worlds, too. */
const EXPLORED = process.env["HALTWATCH_EXPLORE"] === "all" ? [...WORLDS, ...LARGER_WORLDS] : WORLDS;

describe("safety: no interleaving of messages, losses, delays and restarts lets a paused scope trade", () => {
  test.each(EXPLORED)(
    "%s",
    (name, left) => {
      const began = performance.now();
      let unable: World | undefined;
      const model = linkModel(REAL_PARTS, left);
      const found = explore(
        {
          ...model,
          faultOf: (world) => {
            if (unable === undefined && !tradesAgain(world, REAL_PARTS)) unable = world;
            return model.faultOf(world);
          },
        },
        { maxStates: 5_000_000 },
      );

      expect(found.fault).toBeUndefined();
      expect(found.isComplete).toBe(true);
      expect(unable, "from here no bot trades again, though nothing fails any more").toBeUndefined();
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      process.stdout.write(
        `${name}: ${found.states} states, ${found.steps} steps, depth ${found.depth}, ${seconds} s\n`,
      );
    },
    600_000,
  );
});

/** What would be wrong, and what the explorer says then. */
const MUTATIONS: readonly (readonly [string, Partial<Parts>, RegExp])[] = [
  [
    "the lease counts from the grant's arrival",
    {
      granted: (lease, grant, now) => {
        const after = granted(lease, grant);
        return after === lease ? lease : { ...after, endsMs: now + grant.leaseMs };
      },
    },
    /the bot trades$|without a lease/,
  ],
  [
    "a grant of an old epoch is believed",
    { granted: (lease, grant) => granted({ ...lease, epoch: 0 }, grant) },
    /the bot trades/,
  ],
  ["a late arm is believed", { told: (lease, { epoch, pauses }) => ({ ...lease, epoch, pauses }) }, /the bot trades/],
  [
    "a grant for the process before it is believed",
    { granted: (lease, grant) => granted(lease, { ...grant, session: lease.session }) },
    /the bot trades/,
  ],
  [
    "a grant does not bring the pauses along",
    {
      granted: (lease, grant) => {
        const after = granted(lease, grant);
        return { ...after, pauses: lease.pauses };
      },
    },
    /the bot trades/,
  ],
  ["the lease never ends", { mayTrade: (lease, ...rest) => mayTrade({ ...lease, endsMs: 99 }, ...rest) }, /trades/],
  ["a pause is acknowledged before it is written", { acknowledgesEarly: true }, /is not on the disk/],
  ["a restart forgets pauses", { readLatch: ({ epoch }) => ({ epoch, pauses: [] }) }, /has armed itself/],
  ["a lost number is given out again", { timeMs: () => 0 }, /has seen R1@\d+, nobody armed it/],
  [
    "a bot that has seen more than the file has is granted a lease",
    { grantFor: (guard, ...rest) => grantFor({ ...viewOf(guard), knows: () => true }, ...rest) },
    /has seen R1@\d+, nobody armed it/,
  ],
  [
    "a second pause takes the first one's place",
    {
      withPause: (latch, request) => {
        const paused = withPause(latch, request);
        return { ...paused, latch: { ...paused.latch, pauses: [paused.pause] } };
      },
    },
    /not on the disk|armed itself/,
  ],
  [
    "an arm needs no reason",
    { withArm: (latch, request, isFiring) => withArm(latch, { ...request, reason: "none" }, isFiring) },
    /without a reason/,
  ],
];

describe("the explorer finds what would be wrong", () => {
  test.each(MUTATIONS)("%s", (_name, wrong, fault) => {
    const found = firstFault({ ...REAL_PARTS, ...wrong });

    expect(found?.message).toMatch(fault);
    expect(found?.trace.length).toBeLessThan(20);
  });

  test("and a bot that is never given a lease again", () => {
    const deaf: Parts = { ...REAL_PARTS, granted: (lease, grant) => (grant.epoch > 0 ? lease : granted(lease, grant)) };
    let unable = 0;
    const model = linkModel(deaf, { ...NOTHING, renewals: 1, pauses: 1 });
    explore(
      {
        ...model,
        faultOf: (world) => {
          if (!tradesAgain(world, deaf)) unable += 1;
          return undefined;
        },
      },
      { maxStates: 10_000 },
    );

    expect(unable).toBeGreaterThan(0);
  });
});

/** Of the worlds, one after the other. */
function firstFault(parts: Parts): Exploration["fault"] {
  for (const left of SMALL_WORLDS) {
    const { fault } = explore(linkModel(parts, left), { maxStates: 300_000 });
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Its methods, too. */
function viewOf(guard: Parameters<typeof grantFor>[0]): Parameters<typeof grantFor>[0] {
  return {
    epoch: guard.epoch,
    isDurable: guard.isDurable,
    knows: (epoch) => guard.knows(epoch),
    pausesOf: (bot) => guard.pausesOf(bot),
  };
}
