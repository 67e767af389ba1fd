/**
 * Writes lines to stdout or stderr so that neither a reader that went away (a closed pipe) nor one that does not read can
 * end the bot or fill its memory.
 */
import type { Writable } from "node:stream";
import { within } from "../registry/within.ts";

/** What waits for a reader, bytes; beyond it lines are dropped and counted. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/** How long the end waits for a reader, milliseconds: the bot has to stop within two seconds. */
const CLOSE_TIMEOUT_MS = 1000;

export class StreamWriter {
  /** Lines that were not written: the reader was too slow or gone, or this was closed. */
  droppedLines = 0;
  readonly #stream: Writable;
  #closing: Promise<void> | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on("error", ignore);
  }

  /** @param line without its end */
  append(line: string): void {
    const stream = this.#stream;
    // Once closed nobody listens for the stream's errors: a write into a closed pipe would end the process.
    if (this.#closing !== undefined || !stream.writable || stream.writableLength > MAX_WAITING_BYTES) {
      this.droppedLines += 1;
      return;
    }
    stream.write(`${line}\n`);
  }

  /** Waits until all is written, for a second at most. The stream stays open. Any number of times. */
  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  async #drain(): Promise<void> {
    const written = new Promise<void>((resolve) => this.#stream.write("", () => resolve()));
    await within(CLOSE_TIMEOUT_MS, written).catch(ignore);
    // An error of the last write is emitted behind its callback: one turn later it has been.
    await new Promise((resolve) => setImmediate(resolve));
    this.#stream.off("error", ignore);
  }
}

function ignore(): void {}
