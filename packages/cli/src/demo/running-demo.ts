/** A demo's parts: its folder, the bots' process, the stand-ins, Haltwatch. What was started is ended in the other order. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pack } from "@haltwatch/packs";
import { Haltwatch, openLog, type Route, readServerConfig } from "@haltwatch/server";
import type { BotPlace } from "./bots-protocol.ts";
import type { DemoBot } from "./demo-bots.ts";
import { SECRETS, SETTINGS_FILE, settingsOf, writeBotFiles } from "./demo-files.ts";
import { demoRoutes } from "./demo-routes.ts";
import type { FaultPlace, Faults } from "./faults.ts";
import { RunningBots } from "./running-bots.ts";
import { StandIns } from "./stand-ins.ts";
import { Story } from "./story.ts";
import { whereToLook } from "./where-to-look.ts";

export interface DemoOptions {
  /** Those that are enabled. */
  readonly packs: readonly Pack[];
  readonly bots: readonly DemoBot[];
  readonly faults: Faults;
  /** 0 picks a free one. */
  readonly port: number;
  readonly seed: number;
  readonly speed: number;
  readonly version: string;
  /** Aborted when it is to end. */
  readonly signal: AbortSignal;
}

export class RunningDemo implements AsyncDisposable {
  readonly #options: DemoOptions;
  readonly #parts = new AsyncDisposableStack();
  readonly #folder: string;
  readonly #story = new Story((line) => void process.stdout.write(line));
  #running: RunningBots | undefined;
  #haltwatch: Haltwatch | undefined;

  private constructor(options: DemoOptions) {
    this.#options = options;
    this.#folder = mkdtempSync(join(tmpdir(), "haltwatch-demo-"));
    this.#parts.defer(() => rmSync(this.#folder, { recursive: true, force: true }));
  }

  /** @throws {CommandError}, {ListenError}: then nothing is left running */
  static async start(options: DemoOptions): Promise<RunningDemo> {
    const demo = new RunningDemo(options);
    try {
      await demo.#start();
      return demo;
    } catch (error) {
      await demo[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Fulfilled when the bots' process has ended. */
  get botsEnded(): Promise<unknown> {
    return this.#running?.ended ?? Promise.resolve();
  }

  /** Switches a fault on or off, and tells of it. */
  switch(place: FaultPlace, on: boolean): void {
    const names = this.#options.faults.set(place, on);
    if (names === undefined) return;
    this.#running?.suffer(place.bot.name, names);
    this.#haltwatch?.publish("fault", { bot: place.bot.name, fault: place.fault.name, on });
    this.#story.switched(place, on);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#story.end();
    await this.#parts.disposeAsync();
  }

  async #start(): Promise<void> {
    const { bots, seed, speed, signal } = this.#options;
    const tokens = { control: process.env[SECRETS.control] ?? randomToken(), orchestrator: randomToken() };
    const standIns = this.#parts.use(
      await StandIns.start((message) => {
        this.#haltwatch?.publish("message", message);
        this.#story.sent(message);
      }),
    );
    const specs = bots.map(({ name, pack, way }) => ({ name, pack: pack.name, way }));
    const { running, places } = await RunningBots.start(
      { bots: specs, seed, speed, token: tokens.orchestrator, folder: this.#folder },
      (bot, state) => this.#story.traded(bot, state),
    );
    this.#running = running;
    this.#parts.defer(() => this.#haltwatch?.stop());
    // The first to end, so that bots can say goodbye.
    this.#parts.use(running);
    if (signal.aborted) return;
    this.#haltwatch = await this.#watch(places, tokens, standIns);
    running.link(this.#haltwatch.url);
    const { url, config } = this.#haltwatch;
    process.stdout.write(
      whereToLook({ bots, url, speed, folder: config.folder, token: tokens.control, isOwnToken: isTokenSet() }),
    );
  }

  async #watch(
    places: readonly BotPlace[],
    tokens: { readonly control: string; readonly orchestrator: string },
    standIns: StandIns,
  ): Promise<Haltwatch> {
    const { packs, bots, speed, version } = this.#options;
    const port = this.#options.port === 0 ? await freePort() : this.#options.port;
    const file = join(this.#folder, SETTINGS_FILE);
    writeBotFiles(this.#folder, bots);
    writeFileSync(file, settingsOf({ port, packs, bots, speed, places, telegramUrl: standIns.url }));
    const readConfig = () => readServerConfig({ file, env: {} });
    const config = readConfig();
    const env = {
      ...process.env,
      [SECRETS.control]: tokens.control,
      [SECRETS.orchestrator]: tokens.orchestrator,
      [SECRETS.slack]: standIns.slackWebhook,
      [SECRETS.telegram]: standIns.telegramToken,
    };
    const log = await openLog(config, this.#story.log());
    return Haltwatch.start({ config, readConfig, env, log, version, isDemo: true, moreRoutes: this.#routes(standIns) });
  }

  #routes(standIns: StandIns): Route[] {
    const { faults, speed } = this.#options;
    return demoRoutes({ faults, speed, standIns, onSwitch: (place, on) => this.switch(place, on) });
  }
}

function isTokenSet(): boolean {
  return process.env[SECRETS.control] !== undefined;
}

function randomToken(): string {
  return randomBytes(12).toString("hex");
}

/** The settings name the port before it is listened on: links in messages lead there. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
