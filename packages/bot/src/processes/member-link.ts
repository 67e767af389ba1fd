/**
 * How a pool reaches one worker: a thread over a port of its own, so that a bot sees only one message of ours on the
 * channel it shares with us; a cluster process over the one channel there is.
 */
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { type Malformed, type MemberMessage, type PoolMessage, readMemberMessage, wrap } from "./message.ts";

/** A cluster process that has ended may still have messages under way; they are waited for this long, milliseconds. */
const LAST_WORDS_MS = 1000;

/** What a pool needs of a `Worker` of `node:worker_threads`. */
export interface ThreadWorker {
  /** -1 once it has ended. */
  readonly threadId: number;
  on(event: string, listener: (received: unknown) => void): unknown;
  off(event: string, listener: (received: unknown) => void): unknown;
}

/** What a pool needs of a `Worker` of `node:cluster`. */
export interface ClusterWorker {
  isDead(): boolean;
  isConnected(): boolean;
  send(message: unknown, callback?: (error: Error | null) => void): unknown;
  on(event: string, listener: (received: unknown) => void): unknown;
  off(event: string, listener: (received: unknown) => void): unknown;
}

/** Called for what a worker does. */
export interface MemberEvents {
  /** It wants to share a registry. @returns whether it may: one registry a process */
  hello(share: string): boolean;
  /** What is posted from now on reaches it; what was posted before may not have. */
  welcomed(): void;
  message(message: Exclude<MemberMessage, { kind: "hello" }> | Malformed): void;
  /** It has ended, or can be heard no more; all it said was told before. May come more than once. */
  gone(): void;
}

export interface MemberLink {
  /** False if the worker had ended before the pool was told of it. */
  readonly isAlive: boolean;
  /** Sends; never throws, and what cannot be delivered is lost. */
  post(message: PoolMessage): void;
  close(): void;
}

export function linkTo(worker: ThreadWorker | ClusterWorker, events: MemberEvents): MemberLink {
  return "isDead" in worker ? linkToProcess(worker, events) : linkToThread(worker, events);
}

function linkToThread(worker: ThreadWorker, events: MemberEvents): MemberLink {
  let port: MessagePort | undefined;
  const onPortMessage = (received: unknown): void => {
    const message = readMemberMessage(received);
    if (message !== undefined && message.kind !== "hello") events.message(message);
  };
  /** What a port that closes still holds: a worker's last words, say. */
  const drain = (): void => {
    for (let held = port && receiveMessageOnPort(port); held !== undefined; held = port && receiveMessageOnPort(port)) {
      onPortMessage(held.message);
    }
  };
  const onMessage = (received: unknown): void => {
    const message = readMemberMessage(received);
    if (message === undefined) return;
    if (message.kind !== "hello" || message.port === undefined) {
      events.message({ kind: "malformed" });
      return;
    }
    if (!events.hello(message.share)) {
      message.port.close();
      return;
    }
    drain();
    port?.close();
    port = message.port;
    port.on("message", onPortMessage);
    port.unref(); // a pool alone keeps no process alive
    port.postMessage(wrap({ kind: "welcome", share: message.share }));
    events.welcomed();
  };
  const onExit = (): void => {
    drain();
    events.gone();
  };
  worker.on("message", onMessage);
  worker.on("exit", onExit);
  return {
    isAlive: worker.threadId !== -1,
    post: (message) => port?.postMessage(wrap(message)),
    close: () => {
      worker.off("message", onMessage);
      worker.off("exit", onExit);
      port?.close();
      port = undefined;
    },
  };
}

function linkToProcess(worker: ClusterWorker, events: MemberEvents): MemberLink {
  let lastWords: NodeJS.Timeout | undefined;
  const post = (message: PoolMessage): void => {
    // With a callback, a channel that closes meanwhile is told to it, and not thrown or emitted.
    if (worker.isConnected()) worker.send(wrap(message), () => undefined);
  };
  const onMessage = (received: unknown): void => {
    const message = readMemberMessage(received);
    if (message === undefined) return;
    if (message.kind !== "hello") events.message(message);
    else if (events.hello(message.share)) {
      post({ kind: "welcome", share: message.share });
      events.welcomed();
    }
  };
  const onExit = (): void => {
    if (!worker.isConnected()) events.gone();
    else {
      lastWords = setTimeout(events.gone, LAST_WORDS_MS);
      lastWords.unref?.();
    }
  };
  worker.on("message", onMessage);
  worker.on("exit", onExit);
  worker.on("disconnect", events.gone); // emitted when all messages were read
  return {
    isAlive: !worker.isDead(),
    post,
    close: () => {
      clearTimeout(lastWords);
      worker.off("message", onMessage);
      worker.off("exit", onExit);
      worker.off("disconnect", events.gone);
    },
  };
}
