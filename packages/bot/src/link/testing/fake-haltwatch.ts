/** Haltwatch's end of the link as a test plays it: sockets that open, answer and end when the test says so. */
import type { LinkSocket, OpenSocket, SocketEvents } from "../link-socket.ts";

export type SentFrame = Readonly<Record<string, unknown>> & { readonly type: string };

export class FakeConnection implements LinkSocket {
  bufferedAmount = 0;
  readonly sent: SentFrame[] = [];
  isEnded = false;
  readonly #events: SocketEvents;

  constructor(events: SocketEvents) {
    this.#events = events;
  }

  open(): void {
    this.#events.onOpen();
  }

  tell(frame: object | string): void {
    this.#events.onText(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  welcome(names: readonly string[] = [], limits: object = {}): void {
    this.open();
    this.tell({
      ...{ type: "welcome", protocol: 1, server: "fake", names, interval_ms: 1000, lease_ms: 3000, renew_ms: 1000 },
      ...{ epoch: 0, limits: { frame_bytes: 1_048_576, series: 20_000, ...limits } },
    });
  }

  /** Grants the newest renewal. */
  grant(epoch = 0, pauses: readonly object[] = []): void {
    this.tell({ type: "grant", seq: this.of("renew").at(-1)?.["seq"], lease_ms: 3000, epoch, pauses });
  }

  end(reason = "gone"): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.#events.onClose(reason);
  }

  of(type: string): SentFrame[] {
    return this.sent.filter((frame) => frame.type === type);
  }

  /** By the series' names and labels, what was sent of them, in order. */
  values(name: string): unknown[] {
    const refs = new Set<unknown>();
    const values: unknown[] = [];
    for (const frame of this.sent) {
      for (const [ref, named] of (frame["series"] ?? []) as [number, string][]) if (named === name) refs.add(ref);
      for (const [ref, value] of (frame["values"] ?? []) as [number, unknown][]) if (refs.has(ref)) values.push(value);
    }
    return values;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as SentFrame); // ours
  }

  close(): void {
    this.end("closed");
  }

  terminate(): void {
    this.end("ended");
  }
}

export class FakeHaltwatch {
  readonly connections: FakeConnection[] = [];

  readonly openSocket = async (): Promise<OpenSocket> => (_target, events) => {
    const connection = new FakeConnection(events);
    this.connections.push(connection);
    return connection;
  };

  /** The newest. */
  get connection(): FakeConnection {
    const newest = this.connections.at(-1);
    if (newest === undefined) throw new Error("nobody has connected");
    return newest;
  }
}
