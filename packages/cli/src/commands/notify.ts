/** `haltwatch notify test|status|dead-letters|retry|drop`: whether messages reach people, and those that did not. */
import { askHaltwatch } from "../haltwatch-api.ts";

interface At {
  readonly url: string;
}

interface Tested {
  readonly receiver: string;
  readonly channel: string;
  readonly level: string;
  readonly outcome: string;
  readonly reason: string;
  readonly took_ms: number;
}

interface Channel {
  readonly receiver: string;
  readonly channel: string;
  readonly isDown: boolean;
  readonly waiting: number;
  readonly dead: number;
  readonly lastError?: string;
  readonly lastDelivered?: string;
}

interface DeadLetter {
  readonly id: number;
  readonly receiver: string;
  readonly channel: string;
  readonly alert: string;
  readonly where: string;
  readonly status: string;
  readonly reason: string;
  readonly since: string;
}

/** Sends a sample of each level, and says what came back; exit code 1 if one did not arrive. */
export async function testChannels({ url, channel }: At & { readonly channel?: string }): Promise<void> {
  const body = channel === undefined ? {} : { channel };
  const results = await askHaltwatch<readonly Tested[]>({ url, path: "/api/haltwatch/channels/test", body });
  for (const { receiver, channel: name, level, outcome, reason, took_ms } of results) {
    const said = outcome === "delivered" ? `delivered in ${took_ms} ms` : `${outcome}: ${reason}`;
    process.stdout.write(`${receiver}/${name}  ${level.padEnd(8)}  ${said}\n`);
  }
  if (results.some(({ outcome }) => outcome !== "delivered")) process.exitCode = 1;
}

/** How channels are; exit code 1 if one is down or has dead letters. */
export async function channels({ url }: At): Promise<void> {
  const all = await askHaltwatch<readonly Channel[]>({ url, path: "/api/haltwatch/channels" });
  for (const { receiver, channel, isDown, waiting, dead, lastError, lastDelivered } of all) {
    const state = isDown ? `DOWN: ${lastError ?? "it does not answer"}` : "well";
    const last = lastDelivered === undefined ? "nothing delivered yet" : `last delivered ${lastDelivered}`;
    process.stdout.write(`${receiver}/${channel}  ${state}  ${last}, ${waiting} waiting, ${dead} dead letters\n`);
  }
  if (all.some(({ isDown, dead }) => isDown || dead > 0)) process.exitCode = 1;
}

export async function deadLetters({ url }: At): Promise<void> {
  const letters = await askHaltwatch<readonly DeadLetter[]>({ url, path: "/api/haltwatch/dead-letters" });
  if (letters.length === 0) process.stdout.write("None: everything was told, or waits to be.\n");
  for (const { id, receiver, channel, alert, where, status, reason, since } of letters)
    process.stdout.write(`${id}  ${receiver}/${channel}  ${status} ${alert} ${where}  since ${since}: ${reason}\n`);
}

export async function retryDeadLetters(ids: readonly number[], { url }: At): Promise<void> {
  const body = ids.length === 0 ? {} : { ids };
  const { retried } = await askHaltwatch<{ retried: number }>({ url, path: "/api/haltwatch/dead-letters/retry", body });
  process.stdout.write(`${retried} are tried again\n`);
}

export async function dropDeadLetters(ids: readonly number[], { url }: At): Promise<void> {
  const body = ids.length === 0 ? {} : { ids };
  const { dropped } = await askHaltwatch<{ dropped: number }>({ url, path: "/api/haltwatch/dead-letters/drop", body });
  process.stdout.write(`${dropped} are forgotten\n`);
}
