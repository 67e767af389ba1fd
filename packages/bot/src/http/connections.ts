/** The open connections of a server, so that it can be stopped without cutting off an answer, and without waiting in vain. */
import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

export class Connections {
  readonly #server: Server;
  /** All, down to TCP: a client that never ends its TLS handshake is known to nothing else. */
  readonly #raw = new Set<Socket>();
  /** Those that speak HTTP, with how many requests are under way on each. */
  readonly #requests = new Map<Socket, number>();
  #ending = false;

  /** @param server http or https, not listening yet */
  constructor(server: Server, { isTls }: { readonly isTls: boolean }) {
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      this.#raw.add(socket);
      socket.once("close", () => this.#raw.delete(socket));
    });
    server.on(isTls ? "secureConnection" : "connection", (socket: Socket) => {
      this.#requests.set(socket, 0);
      socket.once("close", () => this.#requests.delete(socket));
    });
  }

  /** To be called with each response before it is begun. */
  track(socket: Socket, response: ServerResponse): void {
    if (this.#ending) response.setHeader("Connection", "close");
    this.#requests.set(socket, (this.#requests.get(socket) ?? 0) + 1);
    response.once("close", () => {
      const left = (this.#requests.get(socket) ?? 1) - 1;
      if (socket.destroyed) this.#requests.delete(socket);
      else this.#requests.set(socket, left);
      if (this.#ending && left === 0) socket.destroySoon();
    });
  }

  /**
   * Accepts no more, ends idle connections now and busy ones after their answer, and cuts what is left.
   *
   * @param graceMs how long answers may take, milliseconds
   */
  async end(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#ending = true;
    const grace = setTimeout(() => this.#cut(), graceMs);
    await new Promise((resolve) => setImmediate(resolve)); // a request that has arrived already is read, and counts
    for (const [socket, requests] of this.#requests) if (requests === 0) socket.destroySoon();
    await closed;
    clearTimeout(grace);
  }

  #cut(): void {
    this.#server.closeAllConnections();
    for (const socket of this.#raw) socket.destroy();
  }
}
