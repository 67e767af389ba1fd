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
