/** A WebSocket as the link needs it, from whatever the runtime has. */

/** An open connection, or one that is being opened. */
export interface LinkSocket {
  /** Bytes that the other side has not taken yet. */
  readonly bufferedAmount: number;
  /** Of an open connection; of any other it does nothing. */
  send(text: string): void;
  /** Says goodbye, and ends. */
  close(): void;
  /** Ends at once. */
  terminate(): void;
}

export interface SocketEvents {
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  /** Once; also where the connection never came to be. */
  readonly onClose: (reason: string) => void;
}

export interface SocketTarget {
  /** `ws:` or `wss:`. */
  readonly url: string;
  readonly token: string | undefined;
}

/** Begins to connect. */
export type OpenSocket = (target: SocketTarget, events: SocketEvents) => LinkSocket;

/** How long it may take to connect, milliseconds. */
export const CONNECT_TIMEOUT_MS = 2_000;

/** Largest frame that Haltwatch may send, bytes: a grant with a thousand pauses. */
export const MAX_RECEIVED_BYTES = 8 * 1024 * 1024;

/**
 * The runtime's way to connect. Bun and Deno have a WebSocket that is better at it than what they have for Node's `http`; on
 * Node it is `ws`, which Node 20 needs, and which sends with less delay than Node's own.
 */
export async function runtimeSocket(): Promise<OpenSocket> {
  if ("Bun" in globalThis || "Deno" in globalThis) return (await import("./global-socket.ts")).openGlobalSocket;
  return (await import("./ws-socket.ts")).openWsSocket;
}
