/** A pack's simulated bot on the real clock, with its metrics served over HTTP, to be scraped by real programs. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Pack, SimulatedBot } from "@haltwatch/packs";

/** Between two steps, milliseconds. */
const STEP_MS = 100;

export interface LiveBotOptions {
  readonly seed: number;
  /** So many times as fast as the real clock (default 1). Faster, its timestamps lie in the future, and nothing of it looks old. */
  readonly pace?: number;
}

export class LiveBot implements AsyncDisposable {
  /** So many times as fast as the clock it lives. */
  pace: number;
  /** Names of the faults that are on. */
  readonly faults = new Set<string>();
  readonly #server: Server;
  #isHeld = false;
  readonly #timer: NodeJS.Timeout;

  private constructor(bot: SimulatedBot, startMs: number, pace: number) {
    this.pace = pace;
    let [livedMs, lastMs] = [0, performance.now()];
    const step = (): void => {
      const nowMs = performance.now();
      if (!this.#isHeld) livedMs += (nowMs - lastMs) * this.pace;
      lastMs = nowMs;
      bot.step(startMs + livedMs, this.faults);
    };
    this.#timer = setInterval(step, STEP_MS);
    this.#server = createServer((_, response) => {
      if (!bot.isAnswering) response.destroy();
      else
        bot.registry.metrics().then(
          (text) => response.setHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8").end(text),
          () => response.destroy(),
        );
    });
  }

  static async start(pack: Pack, { seed, pace = 1 }: LiveBotOptions): Promise<LiveBot> {
    if (pack.simulation === undefined) throw new Error(`${pack.name} has no simulated bot`);
    const startSimulation = await pack.simulation();
    const startMs = Date.now();
    const live = new LiveBot(startSimulation({ seed, startMs }), startMs, pace);
    live.#server.listen(0, "127.0.0.1");
    await once(live.#server, "listening");
    return live;
  }

  /** `host:port` */
  get address(): string {
    const { port } = this.#server.address() as AddressInfo; // it listens on TCP
    return `127.0.0.1:${port}`;
  }

  /** Its time stands still from now on, and it is scraped as it is: whoever looks, sees the same. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Its time goes on. */
  wake(): void {
    this.#isHeld = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}
