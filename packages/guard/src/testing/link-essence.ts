/**
 * What of a world matters for all that can still happen: worlds that differ in nothing else are one to the explorer. It holds
 * as long as the bot's parts are the real ones; wrong ones are explored without it.
 */
import { LEASE, type Message, type World } from "./link-world.ts";

export function essence(world: World): World {
  const { bot, now, server, truth } = world;
  const { lease } = bot;
  const isOver = lease.endsMs <= now - bot.bootedAt;
  const due = Object.entries(truth.acknowledged).map(([rule, from]) => [rule, from <= now ? 0 : from] as const);
  return {
    ...world,
    wire: world.wire.filter((text) => matters(JSON.parse(text) as Message, world)), // was written by sent()
    server: { ...server, downSince: server.downSince === now ? now : 0 },
    bot: { ...bot, lease: { ...lease, endsMs: isOver ? -1 : lease.endsMs } },
    truth: {
      ...truth,
      grantedSentAt: truth.grantedSentAt + LEASE <= now ? -LEASE : truth.grantedSentAt,
      acknowledged: Object.fromEntries(due.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

/** Whether its arrival can change anything, now or later. */
function matters(message: Message, { bot, now }: World): boolean {
  if (message.to === "server") return true; // each answer may differ, and a strange one makes a pause
  const { lease } = bot;
  // A session never comes back, and the bot's epoch never falls within one.
  if (message.session !== lease.session || message.epoch < lease.epoch) return false;
  if (message.epoch > lease.epoch) return true;
  // What it says of pauses is known: only a lease that goes on for longer matters.
  if (message.kind === "news") return false;
  const sentAt = lease.sent.find(([seq]) => seq === message.seq)?.[1];
  return sentAt !== undefined && sentAt + message.leaseMs > Math.max(lease.endsMs, now - bot.bootedAt);
}
