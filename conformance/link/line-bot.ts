/** A bot in another language: told what to do by a line, it answers with a line of JSON. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

export interface LineAnswer {
  readonly open: boolean;
  readonly close: boolean;
  /** Unix milliseconds. */
  readonly atMs: number;
}

export class LineBot implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @param word `fail`, `look`, `stop`; `open` and `closed` are answered when it is so */
  async tell(word: string): Promise<LineAnswer> {
    this.#child.stdin.write(`${word}\n`);
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new Error("the bot ended");
      if (value.startsWith("{")) return JSON.parse(value) as LineAnswer; // the bot's only such lines
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, "exit");
  }
}
