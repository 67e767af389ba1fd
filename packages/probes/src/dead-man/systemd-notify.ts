/**
 * Tells systemd that the service is ready, alive, or about to end: sd_notify(3). Node has no datagram sockets of Unix, so systemd's
 * own `systemd-notify` speaks, which waits until it was heard (since systemd 246). The unit needs `NotifyAccess=all` for that. A
 * process of some milliseconds each half of `WatchdogSec=` is what it costs; a native module would cost a build for each platform.
 */
import { execFile } from "node:child_process";

/** Longest that systemd-notify may take, milliseconds. */
const TIMEOUT_MS = 5_000;

interface Clock {
  after(ms: number, call: () => void): () => void;
}

export interface SystemdNotifyOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** The program that speaks; another one in tests. */
  readonly command?: string;
  /** Told once of what does not work. */
  readonly onTrouble: (reason: string) => void;
}

export class SystemdNotify implements AsyncDisposable {
  readonly #options: SystemdNotifyOptions;
  #cancel: () => void = () => undefined;
  #isTold = false;
  #isStopped = false;

  constructor(options: SystemdNotifyOptions) {
    this.#options = options;
  }

  /** Whether systemd has started this process, and waits to hear of it. */
  get isWanted(): boolean {
    return (this.#options.env["NOTIFY_SOCKET"] ?? "") !== "";
  }

  /** It runs. From now on systemd hears that the event loop does, as often as it wants to. */
  async ready(status: string): Promise<void> {
    if (!this.isWanted) return;
    await this.#send(["READY=1", `STATUS=${status}`]);
    const intervalMs = this.#watchdogMs();
    if (intervalMs !== undefined) this.#wait(intervalMs / 2);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    if (this.isWanted) await this.#send(["STOPPING=1"]);
  }

  #wait(ms: number): void {
    if (this.#isStopped) return;
    this.#cancel = this.#options.clock.after(ms, () => {
      void this.#send(["WATCHDOG=1"]);
      this.#wait(ms);
    });
  }

  /** Source: sd_watchdog_enabled(3): microseconds, and for whom. */
  #watchdogMs(): number | undefined {
    const { env } = this.#options;
    const pid = env["WATCHDOG_PID"];
    const ms = Number(env["WATCHDOG_USEC"]) / 1000;
    return ms > 0 && (pid === undefined || Number(pid) === process.pid) ? ms : undefined;
  }

  #send(words: readonly string[]): Promise<void> {
    const { command = "systemd-notify", env, onTrouble } = this.#options;
    return new Promise((resolve) => {
      execFile(command, words, { env: { ...env }, timeout: TIMEOUT_MS }, (error) => {
        if (error !== null && !this.#isTold) {
          this.#isTold = true;
          onTrouble(error.message);
        }
        resolve();
      });
    });
  }
}
