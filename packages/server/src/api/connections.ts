/** A server's open connections, so that it can be stopped without cutting off an answer, and without waiting in vain. */
import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

export class Connections {
  readonly #server: Server;
  /** All, down to TCP: a client that never ends its TLS handshake is known to nothing else. */
  readonly #sockets = new Set<Socket>();
  #isEnding = false;

  /** @param server http or https, not listening yet */
  constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** To be called with each response before it is begun. */
  track(response: ServerResponse): void {
    if (this.#isEnding) response.setHeader("Connection", "close");
    response.once("close", () => {
      if (this.#isEnding) setImmediate(() => this.#server.closeIdleConnections());
    });
  }

  /**
   * Accepts no more, ends idle connections now and busy ones after their answer, and cuts what is left.
   *
   * @param graceMs how long answers may take, milliseconds
   */
  async end(graceMs: number): Promise<void> {
    this.#isEnding = true;
    await new Promise((resolve) => setImmediate(resolve)); // a request that has arrived already is read, and counts
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const grace = setTimeout(() => {
      this.#server.closeAllConnections();
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(grace);
  }
}
