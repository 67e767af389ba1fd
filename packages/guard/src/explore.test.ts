import { describe, expect, test } from "vitest";
import { withArm } from "./arm.ts";
import { granted, mayTrade } from "./bot-lease.ts";
import { withPause } from "./latch.ts";
import { grantFor } from "./lease.ts";
import { explore } from "./testing/explore.ts";
import { linkModel, tradesAgain } from "./testing/link-model.ts";
import { type Left, type Parts, REAL_PARTS, type World } from "./testing/link-world.ts";

const NOTHING: Left = {
  ...{ ticks: 0, renewals: 0, pauses: 0, arms: 0 },
  ...{ serverKills: 0, botKills: 0, cuts: 0, diskFaults: 0 },
};

/** Which things may happen how often together: each combination is explored to its end. */
const WORLDS: readonly (readonly [string, Left])[] = [
  ["pauses and arms", { ...NOTHING, ticks: 3, renewals: 3, pauses: 2, arms: 2 }],
  ["the server dies", { ...NOTHING, ticks: 4, renewals: 2, pauses: 2, arms: 1, serverKills: 1, diskFaults: 1 }],
  ["the bot dies", { ...NOTHING, ticks: 3, renewals: 3, pauses: 1, arms: 1, botKills: 1, cuts: 1 }],
  ["both die", { ...NOTHING, ticks: 3, renewals: 2, pauses: 1, arms: 1, serverKills: 1, botKills: 1, diskFaults: 1 }],
];

describe("safety: no interleaving of messages, losses, delays and restarts lets a paused scope trade", () => {
  test.each(WORLDS)("%s", (name, left) => {
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
      { maxStates: 2_000_000 },
    );

    expect(found.fault).toBeUndefined();
    expect(found.isComplete).toBe(true);
    expect(unable, "from here no bot trades again, though nothing fails any more").toBeUndefined();
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    process.stdout.write(`${name}: ${found.states} states, ${found.steps} steps, depth ${found.depth}, ${seconds} s\n`);
  });
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
  ["a lost number is given out again", { timeMs: () => 0 }, /has seen R\d, nobody armed it/],
  [
    "a bot that has seen more than the file has is granted a lease",
    { grantFor: (guard, ...rest) => grantFor({ ...viewOf(guard), knows: () => true }, ...rest) },
    /has seen R\d, nobody armed it/,
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
    const messages = WORLDS.map(([, left]) => {
      const model = linkModel({ ...REAL_PARTS, ...wrong }, left);
      return explore(model, { maxStates: 2_000_000 }).fault;
    }).filter((found) => found !== undefined);

    expect(messages[0]?.message).toMatch(fault);
    expect(messages[0]?.trace.length).toBeLessThan(20);
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

/** Its methods, too. */
function viewOf(guard: Parameters<typeof grantFor>[0]): Parameters<typeof grantFor>[0] {
  return {
    epoch: guard.epoch,
    isDurable: guard.isDurable,
    knows: (epoch) => guard.knows(epoch),
    pausesOf: (bot) => guard.pausesOf(bot),
  };
}
