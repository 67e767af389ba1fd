/** The process with the demo's bots, as the demo sees it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { CommandError } from "../command-error.ts";
import type { BotPlace, FromBots, ToBots } from "./bots-protocol.ts";

const PROGRAM = fileURLToPath(new URL("./bots-process.ts", import.meta.url));

/** How long the bots may take to say goodbye, milliseconds: all of the demo ends within two seconds. */
const STOP_MS = 700;

export type OnState = (bot: string, state: string, reason: string) => void;

export class RunningBots implements AsyncDisposable {
  /** Fulfilled when the process has ended by itself, or was told to. */
  readonly ended: Promise<unknown>;
  readonly #process: ChildProcess;

  private constructor() {
    // In a group of its own: Ctrl-C goes to the terminal's whole group, and bots are to hear of the end from us.
    this.#process = spawn(process.execPath, [PROGRAM], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      detached: true,
    });
    this.ended = once(this.#process, "exit");
  }

  /** @returns with where each of them is reached */
  static async start(
    start: Omit<Extract<ToBots, { kind: "start" }>, "kind">,
    onState: OnState,
  ): Promise<{ readonly running: RunningBots; readonly places: readonly BotPlace[] }> {
    const running = new RunningBots();
    const ready = new Promise<readonly BotPlace[]>((resolve, reject) => {
      running.#process.on("message", (message: FromBots) => {
        if (message.kind === "ready") resolve(message.places);
        else onState(message.bot, message.state, message.reason);
      });
      const gone = (): void => reject(new CommandError("the simulated bots did not start", "What they said is above"));
      running.ended.then(gone, gone);
    });
    running.#tell({ kind: "start", ...start });
    return { running, places: await ready };
  }

  link(url: string): void {
    this.#tell({ kind: "link", url });
  }

  suffer(bot: string, faults: readonly string[]): void {
    this.#tell({ kind: "faults", bot, faults });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#tell({ kind: "stop" });
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), STOP_MS);
    await this.ended.catch(() => undefined);
    clearTimeout(timer);
  }

  #tell(message: ToBots): void {
    if (this.#process.connected) this.#process.send(message, () => undefined); // one that has ended hears nothing
  }
}
