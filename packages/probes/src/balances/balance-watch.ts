/** Reads all wallets each so many seconds, without drift. */
import { BeatSchedule, type BeatTime } from "../clock/beat-schedule.ts";
import { type ReadWalletsOptions, readWallets, type WalletReading } from "./read-wallets.ts";

export interface BalanceRound extends BeatTime {
  /** Counts up from 1 in a process. */
  readonly number: number;
  /** Milliseconds. */
  readonly durationMs: number;
  readonly readings: readonly WalletReading[];
}

export interface BalanceWatchOptions extends ReadWalletsOptions {
  readonly intervalMs: number;
  /** When they were read last, by an earlier process, Unix milliseconds. */
  readonly lastRoundMs?: number | undefined;
  readonly onRound: (round: BalanceRound) => void;
}

export class BalanceWatch implements AsyncDisposable {
  readonly #options: BalanceWatchOptions;
  readonly #schedule: BeatSchedule;
  readonly #stop = new AbortController();
  #rounds = 0;

  constructor(options: BalanceWatchOptions) {
    this.#options = options;
    const { clock, intervalMs, lastRoundMs } = options;
    this.#schedule = new BeatSchedule({
      ...{ clock, intervalMs, lastBeatMs: lastRoundMs },
      onBeat: (time) => this.#round(time),
    });
  }

  start(): void {
    this.#schedule.start();
  }

  /** Any number of times. */
  async stop(): Promise<void> {
    const stopped = this.#schedule.stop();
    this.#stop.abort();
    await stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #round(time: BeatTime): Promise<void> {
    const { clock, onRound } = this.#options;
    const begin = clock.monotonic();
    this.#rounds++;
    const number = this.#rounds;
    const readings = await readWallets(this.#options, this.#stop.signal);
    if (this.#stop.signal.aborted) return; // what was cut off says nothing of the wallets
    onRound({ ...time, number, durationMs: Math.round(clock.monotonic() - begin), readings });
  }
}
