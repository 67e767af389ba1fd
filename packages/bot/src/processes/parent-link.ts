/**
 * How a worker reaches its pool: a thread over a port of its own, a process over the channel it shares with the bot.
 * Neither keeps the worker alive, and neither takes part in how long the bot's own listeners do.
 */
import { MessageChannel, type MessagePort, parentPort } from "node:worker_threads";
import { type MemberMessage, type PoolMessage, readPoolMessage, wrap } from "./message.ts";

/** Called for what the pool does. */
export interface ParentEvents {
  message(message: PoolMessage): void;
  /** The pool has let go of this worker. */
  closed(): void;
}

export interface ParentLink {
  /** Asks to be taken in. */
  hello(): void;
  /** @returns settled once it is out of this process's hands, or lost; rejects what is no plain data */
  post(message: Exclude<MemberMessage, { kind: "hello" }>): Promise<void>;
  close(): void;
}

/** @returns `undefined` in a process that nobody started as a worker */
export function linkToParent(share: string, events: ParentEvents): ParentLink | undefined {
  if (parentPort !== null) return linkFromThread(parentPort, share, events);
  return typeof process.send === "function" ? linkFromProcess(share, events) : undefined;
}

/** Does not listen on `parent`: a listener there would keep the thread alive, or, unreferenced, end the bot's own early. */
function linkFromThread(parent: MessagePort, share: string, events: ParentEvents): ParentLink {
  let port: MessagePort | undefined;
  const forget = (): void => {
    const old = port;
    port = undefined;
    old?.close();
  };
  return {
    hello: () => {
      forget();
      const { port1, port2 } = new MessageChannel();
      port = port1;
      port1.on("message", (received: unknown) => {
        const message = readPoolMessage(received);
        if (message !== undefined) events.message(message);
      });
      port1.on("close", () => {
        if (port !== port1) return;
        port = undefined;
        events.closed();
      });
      port1.unref();
      parent.postMessage(wrap({ kind: "hello", share, port: port2 }), [port2]);
    },
    post: async (message) => port?.postMessage(wrap(message)),
    close: forget,
  };
}

function linkFromProcess(share: string, events: ParentEvents): ParentLink {
  const send = (message: MemberMessage): Promise<void> =>
    new Promise((resolve) => {
      if (process.send === undefined || !process.connected) resolve();
      // With a callback, a channel that closes meanwhile is told to it, and not emitted as an error of the process.
      else process.send(wrap(message), undefined, undefined, () => resolve());
    });
  const onMessage = (received: unknown): void => {
    const message = readPoolMessage(received);
    if (message?.share === share) events.message(message);
  };
  process.on("message", onMessage);
  uncountListener();
  return {
    hello: () => void send({ kind: "hello", share }),
    post: send,
    close: () => {
      countListener();
      process.off("message", onMessage);
    },
  };
}

/**
 * Node keeps a forked process alive for as long as somebody listens to its channel, by counting the listeners. Ours is
 * taken out of the count, so that only the bot's own decide. Where a runtime does not count, there is nothing to do.
 */
function uncountListener(): void {
  channelCount()?.unrefCounted?.();
}

/** Before our listener goes, which takes one off the count. */
function countListener(): void {
  channelCount()?.refCounted?.();
}

interface ChannelCount {
  refCounted?(): void;
  unrefCounted?(): void;
}

function channelCount(): ChannelCount | undefined {
  return process.channel as ChannelCount | undefined; // Node's own, and not in its types; each method is looked for
}
