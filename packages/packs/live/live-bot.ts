/**
 * A pack's simulated bot on the real clock, reached as a user's bots are: over the link, with its guard asked before each order; by
 * scrapes of its `/metrics`; or by scrapes, with an orchestrator that pauses it.
 */
import { type Intent, type Link, startLink, type TradingScope, type TradingState } from "@haltwatch/bot";
import type { Pack, SimulatedBot } from "../pack.ts";
import { Line } from "./line.ts";
import { LoopbackServer } from "./loopback-server.ts";
import { SimulatedOrchestrator } from "./orchestrator.ts";

/** Between two steps, milliseconds. */
const STEP_MS = 100;

/** How Haltwatch reaches a bot: over its link; by scrapes alone; by scrapes, and through an orchestrator. */
export type Way = "link" | "scrape" | "orchestrator";

export interface LiveBotOptions {
  /** Its label `bot`. */
  readonly name: string;
  readonly pack: Pack;
  readonly way: Way;
  readonly seed: number;
  /** It lives so many times as fast as the clock. */
  readonly speed: number;
  /** What its orchestrator asks for. */
  readonly token: string;
  /** It may trade, or may not any more; because of what. */
  readonly onState: (state: TradingState, reason: string) => void;
}

export class LiveBot implements AsyncDisposable {
  readonly name: string;
  readonly #options: LiveBotOptions;
  readonly #parts = new AsyncDisposableStack();
  #bot: SimulatedBot | undefined;
  #faults: ReadonlySet<string> = new Set();
  #metrics: LoopbackServer | undefined;
  #orchestrator: SimulatedOrchestrator | undefined;
  #line: Line | undefined;
  #link: Link | undefined;

  private constructor(options: LiveBotOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** @throws {Error} if its pack has no simulated bot */
  static async start(options: LiveBotOptions): Promise<LiveBot> {
    const live = new LiveBot(options);
    await live.#start();
    return live;
  }

  /** Where its metrics are, `127.0.0.1:41234`; `undefined` of one that is linked. */
  get metricsAddress(): string | undefined {
    return this.#metrics?.address;
  }

  get orchestratorUrl(): string | undefined {
    return this.#orchestrator?.url;
  }

  /** Names of those that are on from now on. */
  suffer(faults: readonly string[]): void {
    this.#faults = new Set(faults);
  }

  /** Links it with Haltwatch, if that is its way. Before it does not trade. @param url on this machine */
  async link(url: string): Promise<void> {
    const { name: bot, pack, way, onState } = this.#options;
    if (way !== "link" || this.#bot === undefined) return;
    const line = this.#parts.use(await Line.lay(new URL(url)));
    const tell = (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      if (line.isCut) return; // the dead do not speak
      if (event === "trading_allowed") onState("ACTIVE", "");
      else if (event === "trading_restricted")
        onState(fields["state"] === "REDUCING" ? "REDUCING" : "HALTED", String(fields["reason"] ?? ""));
    };
    const link = startLink({
      ...{ url: line.url, bot, registry: this.#bot.registry, job: pack.job, version: "simulated" },
      log: { info: tell, warn: tell, error: tell },
    });
    this.#line = line;
    this.#link = this.#parts.use(link);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }

  async #start(): Promise<void> {
    const { pack, way, seed, speed, token, onState } = this.#options;
    const startSimulation = await pack.simulation?.();
    if (startSimulation === undefined) throw new Error(`the pack ${pack.name} has no simulated bot`);
    const startMs = Date.now();
    const bot = startSimulation({
      ...{ seed, startMs },
      allowed: (intent, scope) => this.#allowed(intent, scope),
      shownTime: (livedMs) => startMs + (livedMs - startMs) / speed,
    });
    this.#bot = bot;
    if (way === "orchestrator") {
      this.#orchestrator = this.#parts.use(await SimulatedOrchestrator.start({ token, onState }));
      onState("ACTIVE", "");
    }
    if (way !== "link") this.#metrics = this.#parts.use(await serveMetrics(bot));
    const since = performance.now();
    const timer = setInterval(() => this.#step(bot, startMs + (performance.now() - since) * speed), STEP_MS);
    this.#parts.defer(() => clearInterval(timer));
  }

  #step(bot: SimulatedBot, timeMs: number): void {
    bot.step(timeMs, this.#faults);
    if (bot.isAnswering) this.#line?.mend();
    else this.#line?.cut();
  }

  #allowed(intent: Intent, scope: TradingScope): boolean {
    switch (this.#options.way) {
      case "link":
        return this.#link?.guard.allowed(intent, scope) ?? false;
      case "orchestrator":
        return this.#orchestrator?.allowed(intent) ?? false;
      case "scrape":
        return true;
      default:
        return this.#options.way satisfies never;
    }
  }
}

function serveMetrics(bot: SimulatedBot): Promise<LoopbackServer> {
  return LoopbackServer.start(async (request, response) => {
    if (!bot.isAnswering) {
      request.socket.destroy();
      return;
    }
    const text = await bot.registry.metrics();
    response.setHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8").end(text);
  });
}
