/** The cable between a bot and Haltwatch, on this machine: what goes in at one end comes out at the other, until it is cut. */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export class Line implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(target: URL) {
    this.#server = createServer((near) => {
      const far = connect(Number(target.port), target.hostname);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.setNoDelay(true);
        one.on("error", () => undefined); // what was cut is closed, and that is all
        one.on("close", () => {
          this.#sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
      if (this.#isCut) near.destroy();
    });
  }

  /** @param target where it leads: a host and a port of this machine */
  static async lay(target: URL): Promise<Line> {
    const line = new Line(target);
    line.#server.listen(0, "127.0.0.1");
    await once(line.#server, "listening");
    return line;
  }

  /** Its near end: `http://127.0.0.1:41234`. */
  get url(): string {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** Nobody says goodbye: connections just end, and no new one comes about. */
  cut(): void {
    this.#isCut = true;
    for (const socket of [...this.#sockets]) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }
}
