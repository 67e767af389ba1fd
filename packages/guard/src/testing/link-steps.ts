/** All that can happen in the world of the link, one deed a function. A deed that cannot happen gives `undefined`. */
import { reconnected, renewed, startedLease } from "../bot-lease.ts";
import { type PauseRequest, UNLATCHED } from "../latch.ts";
import { afterLostHistory, type LeaseView, lostHistoryPause } from "../lease.ts";
import type { Scope } from "../scope.ts";
import {
  botTime,
  LEASE,
  type Left,
  type Message,
  nameOf,
  type Parts,
  sent,
  type Truth,
  type World,
} from "./link-world.ts";

export const BOT = "b";

/** What is paused and armed in the world; both touch the bot. */
export const SCOPES: readonly Scope[] = [{}, { bot: BOT }];

type Deed = World | undefined;

export function tick(world: World): Deed {
  const after = used(world, "ticks");
  return after && { ...after, now: after.now + 1 };
}

/** The bot asks for a lease. */
export function renew(world: World): Deed {
  const after = used(world, "renewals");
  if (after === undefined) return undefined;
  const { session, seq, epoch } = world.bot.lease;
  const lease = renewed(world.bot.lease, botTime(world));
  const renewal: Message = { to: "server", kind: "renewal", session, seq, epoch, sentAt: world.now };
  return sent({ ...after, bot: { ...after.bot, lease } }, renewal);
}

/** A rule fires: the pause is in force and told; the disk has not answered. */
export function firePause(world: World, parts: Parts): Deed {
  const after = canServe(world) ? used(world, "pauses") : undefined;
  const scope = SCOPES[world.left.pauses % SCOPES.length];
  if (after === undefined || scope === undefined) return undefined;
  const rule = `R${world.left.pauses}`;
  return pause(after, parts, { scope, state: "HALTED", reason: "why", by: "rules", rule, timeMs: 0 });
}

/** The disk has the pause: it is acknowledged. */
export function write(world: World): Deed {
  return world.server.isWriting ? allWritten(world) : undefined;
}

export function failWrite(world: World): Deed {
  const after = world.server.isWriting ? used(world, "diskFaults") : undefined;
  return after && { ...after, server: { ...after.server, isWriting: false } };
}

/** The server tries again to write what it could not. */
export function retryWrite(world: World): Deed {
  if (!canServe(world) || world.server.unwritten.length === 0) return undefined;
  return { ...world, server: { ...world.server, isWriting: true } };
}

/** A person arms: in one transaction, after which the process may die. */
export function arm(world: World, parts: Parts, scope: Scope, reason: string): Deed {
  const before = canServe(world) ? used(world, "arms") : undefined;
  if (before === undefined) return undefined;
  const request = { scope, reason, by: "ada", timeMs: parts.timeMs(world.now) };
  const { latch, outcome } = parts.withArm(world.server.latch, request, () => false);
  if (outcome.kind === "refused") return undefined;
  const after = allWritten(before); // in the same transaction
  const names = outcome.armed.map(nameOf);
  return tell({
    ...after,
    server: { ...after.server, latch },
    disk: { latch, epochs: [...after.disk.epochs, outcome.epoch] },
    truth: armedTruth(after, names, reason),
  });
}

/** kill -9: what was not on the disk is gone, and the connection with it. */
export function killServer(world: World): Deed {
  const after = world.server.isUp ? used(world, "serverKills") : undefined;
  if (after === undefined) return undefined;
  const server = { isUp: false, latch: UNLATCHED, unwritten: [], isWriting: false, session: undefined };
  return connectAnew({ ...after, server: { ...server, downSince: world.now } });
}

export function startServer(world: World, parts: Parts): Deed {
  if (world.server.isUp || world.now === world.server.downSince) return undefined;
  return { ...world, server: { ...world.server, isUp: true, latch: parts.readLatch(world.disk.latch), downSince: 0 } };
}

/** kill -9, and started again at once: it knows nothing. */
export function killBot(world: World): Deed {
  const after = used(world, "botKills");
  if (after === undefined) return undefined;
  const sessions = after.bot.sessions + 1;
  return {
    ...after,
    bot: { lease: startedLease(`s${sessions}`), bootedAt: after.now, sessions },
    truth: { ...after.truth, seen: [] },
  };
}

export function cutConnection(world: World): Deed {
  const after = used(world, "cuts");
  return after && connectAnew({ ...after, server: { ...after.server, session: undefined } });
}

/** A message arrives, and stays on the wire: it may arrive again. */
export function deliver(world: World, parts: Parts, message: Message): Deed {
  if (message.to === "server") return canServe(world) ? answer(world, parts, message) : undefined;
  const { bot } = world;
  if (message.kind === "grant") return botHas(world, parts.granted(bot.lease, message, botTime(world)));
  return message.session === bot.lease.session ? botHas(world, parts.told(bot.lease, message)) : undefined;
}

function answer(world: World, parts: Parts, message: Extract<Message, { readonly to: "server" }>): Deed {
  const renewal = { ...message, bot: BOT };
  const first = parts.grantFor(viewOf(world), renewal, LEASE);
  const isLost = first.kind === "refused" && first.code === "LOST_HISTORY";
  const paused = isLost ? pause(world, parts, lostHistoryPause(renewal, 0)) : world;
  // Paused: it is written, and the renewal answered, in the same turn of the process; or written in vain, and not answered.
  const after = isLost ? allWritten(paused) : world;
  const decision = isLost ? parts.grantFor(viewOf(after), afterLostHistory(renewal), LEASE) : first;
  if (decision.kind === "refused") return undefined;
  const grantedSentAt = Math.max(after.truth.grantedSentAt, message.sentAt);
  const truth = { ...after.truth, grantedSentAt };
  const session = message.session;
  return sent({ ...after, server: { ...after.server, session }, truth }, { to: "bot", ...decision });
}

function pause(world: World, parts: Parts, request: PauseRequest): World {
  const asked = { ...request, timeMs: parts.timeMs(world.now) };
  const { latch, pause: made, isChange } = parts.withPause(world.server.latch, asked);
  if (!isChange) return world;
  const unwritten = [...world.server.unwritten, made.epoch];
  const after = tell({ ...world, server: { ...world.server, latch, unwritten, isWriting: true } });
  return parts.acknowledgesEarly ? acknowledged(after, [nameOf(made)]) : after;
}

/** The disk has all that is in force. */
function allWritten(world: World): World {
  const { server, disk } = world;
  const names = server.latch.pauses.filter(({ epoch }) => server.unwritten.includes(epoch)).map(nameOf);
  const after = {
    ...world,
    server: { ...server, unwritten: [], isWriting: false },
    disk: { latch: server.latch, epochs: [...disk.epochs, ...server.unwritten] },
  };
  return acknowledged(after, names);
}

/** The bot's connection is told of the guard's state, if there is one. */
function tell(world: World): World {
  const { session, latch } = world.server;
  if (session === undefined) return world;
  return sent(world, { to: "bot", kind: "news", session, epoch: latch.epoch, pauses: latch.pauses });
}

function connectAnew(world: World): World {
  const sessions = world.bot.sessions + 1;
  return { ...world, bot: { ...world.bot, lease: reconnected(world.bot.lease, `s${sessions}`), sessions } };
}

function botHas(world: World, lease: World["bot"]["lease"]): World {
  const names = lease.pauses.map(nameOf);
  const { truth } = world;
  // What a person has armed meanwhile counts no more, however late its pause arrives.
  const inForce = new Set([...world.server.latch.pauses, ...world.disk.latch.pauses].map(nameOf));
  const seen = [...new Set([...truth.seen, ...names.filter((name) => inForce.has(name))])].toSorted();
  const both = Object.entries(truth.acknowledged).map(
    ([name, from]) => [name, names.includes(name) ? Math.min(from, world.now) : from] as const,
  );
  return {
    ...world,
    bot: { ...world.bot, lease },
    truth: { ...truth, seen, acknowledged: Object.fromEntries(both) },
  };
}

function acknowledged(world: World, names: readonly string[]): World {
  const { truth, now } = world;
  const from = (name: string): number => (truth.seen.includes(name) ? now : truth.grantedSentAt + LEASE);
  const added = Object.fromEntries(names.map((name) => [name, from(name)]));
  return { ...world, truth: { ...truth, acknowledged: { ...added, ...truth.acknowledged } } };
}

function armedTruth({ truth, server }: World, names: readonly string[], reason: string): Truth {
  // Whoever arms what was paused for lost history has been told that a pause may be lost, and takes it on.
  const isLostTakenOn = names.some((name) => name.startsWith("guard:lost-history"));
  const isKnown = (name: string): boolean => server.latch.pauses.some((pause) => nameOf(pause) === name);
  return {
    ...truth,
    acknowledged: Object.fromEntries(Object.entries(truth.acknowledged).filter(([name]) => !names.includes(name))),
    seen: truth.seen.filter((name) => !names.includes(name) && !(isLostTakenOn && !isKnown(name))),
    hasArmWithoutReason: truth.hasArmWithoutReason || reason === "",
  };
}

function viewOf({ server, disk }: World): LeaseView {
  return {
    epoch: server.latch.epoch,
    isDurable: server.unwritten.length === 0,
    knows: (epoch) => epoch === 0 || disk.epochs.includes(epoch),
    pausesOf: () => server.latch.pauses, // both scopes touch the bot
  };
}

/** The process does one thing at a time. */
function canServe({ server }: World): boolean {
  return server.isUp && !server.isWriting;
}

function used(world: World, what: keyof Left): Deed {
  return world.left[what] > 0 ? { ...world, left: { ...world.left, [what]: world.left[what] - 1 } } : undefined;
}
