/** What must hold in the world of the link, whatever happens in it. */

import type { Model, Step } from "./explore.ts";
import { essence } from "./link-essence.ts";
import * as deeds from "./link-steps.ts";
import {
  botTime,
  LEASE,
  type Left,
  type Message,
  nameOf,
  newWorld,
  type Parts,
  REAL_PARTS,
  type World,
} from "./link-world.ts";

export function linkModel(parts: Parts, left: Left): Model<World> {
  // What does not matter to the bot's own parts may matter to wrong ones.
  const isSameBot = (["granted", "told", "mayTrade"] as const).every((part) => parts[part] === REAL_PARTS[part]);
  return {
    initial: newWorld(left),
    *steps(world) {
      for (const { name, next } of stepsOf(world, parts)) yield { name, next: isSameBot ? essence(next) : next };
    },
    keyOf: (world) => JSON.stringify(world),
    faultOf: (world) => faultOf(world, parts),
  };
}

/**
 * Whether a bot trades again if from here on nothing fails: Haltwatch runs, the disk can be written, messages arrive, and a
 * person arms with a reason what is paused.
 */
export function tradesAgain(from: World, parts: Parts): boolean {
  const left = { ticks: 9, renewals: 9, pauses: 0, arms: 9, serverKills: 0, botKills: 0, cuts: 0, diskFaults: 0 };
  let world: World = { ...from, left, wire: [] };
  for (let round = 0; round < 4; round++) {
    for (const deed of [deeds.tick, deeds.startServer, deeds.retryWrite, deeds.write, deeds.renew])
      world = deed(world, parts) ?? world;
    world = arrived(world, parts);
    for (const scope of deeds.SCOPES) world = deeds.arm(world, parts, scope, "mended") ?? world;
    world = arrived(world, parts);
  }
  return parts.mayTrade(world.bot.lease, "open", { bot: deeds.BOT }, botTime(world));
}

function* stepsOf(world: World, parts: Parts): Generator<Step<World>> {
  const all: readonly (readonly [string, (world: World, parts: Parts) => World | undefined])[] = [
    ["tick", deeds.tick],
    ["the bot renews", deeds.renew],
    ["a rule fires", deeds.firePause],
    ["the pause is written and acknowledged", deeds.write],
    ["the disk fails", deeds.failWrite],
    ["the server tries to write again", deeds.retryWrite],
    ["kill -9 of the server", deeds.killServer],
    ["the server starts", deeds.startServer],
    ["kill -9 of the bot, which starts again", deeds.killBot],
    ["the connection is cut", deeds.cutConnection],
  ];
  for (const [name, deed] of all) {
    const next = deed(world, parts);
    if (next !== undefined) yield { name, next };
  }
  for (const scope of deeds.SCOPES) {
    for (const reason of ["mended", ""]) {
      const next = deeds.arm(world, parts, scope, reason);
      if (next !== undefined) yield { name: `ada arms ${JSON.stringify(scope)}, reason "${reason}"`, next };
    }
  }
  for (const text of world.wire) {
    const next = deeds.deliver(world, parts, JSON.parse(text) as Message); // was written by sent()
    if (next !== undefined) yield { name: `arrives: ${text}`, next };
  }
}

function faultOf(world: World, parts: Parts): string | undefined {
  const { truth, server, disk, now } = world;
  const trades = parts.mayTrade(world.bot.lease, "open", { bot: deeds.BOT }, botTime(world));
  if (truth.hasArmWithoutReason) return "something was armed without a reason";
  for (const [rule, fromTick] of Object.entries(truth.acknowledged)) {
    if (trades && now >= fromTick) return `${rule} was acknowledged, and the bot trades`;
    if (!disk.latch.pauses.some((pause) => nameOf(pause) === rule))
      return `${rule} was acknowledged, and is not on the disk`;
    if (server.isUp && !server.latch.pauses.some((pause) => nameOf(pause) === rule)) return `${rule} has armed itself`;
  }
  const [seen] = truth.seen;
  if (trades && seen !== undefined) return `the bot has seen ${seen}, nobody armed it, and the bot trades`;
  if (trades && now >= truth.grantedSentAt + LEASE) return "the bot trades without a lease";
  return undefined;
}

/** All messages arrive, once and in time; what is sent meanwhile, too. */
function arrived(world: World, parts: Parts): World {
  for (let text = world.wire[0]; text !== undefined; text = world.wire[0]) {
    const rest = { ...world, wire: world.wire.slice(1) };
    world = deeds.deliver(rest, parts, JSON.parse(text) as Message) ?? rest; // was written by sent()
  }
  return world;
}
