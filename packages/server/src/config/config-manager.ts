/**
 * The configuration in force. It is read again when somebody asks, and when one of its files changes; what is read comes in force
 * whole or not at all. Row C6.
 */
import type { Clock } from "../scrape/clock.ts";
import { FileWatch } from "./file-watch.ts";
import type { ServerConfig } from "./server-config.ts";

/** Why it was read again. */
export type ReloadCause = "asked" | "file changed";

export interface ConfigManagerOptions {
  /** In force from the start. */
  readonly config: ServerConfig;
  /** Reads all layers. @throws what is wrong with them */
  readonly read: () => ServerConfig;
  /** Brings it in force. @throws what keeps it from that; then nothing of it must be in force */
  readonly apply: (config: ServerConfig) => Promise<void>;
  readonly onApplied: (config: ServerConfig, before: ServerConfig, cause: ReloadCause) => void;
  /** The one that was in force stays. */
  readonly onRefused: (error: unknown, cause: ReloadCause) => void;
  readonly clock: Clock;
}

export class ConfigManager implements Disposable {
  readonly #options: ConfigManagerOptions;
  #current: ServerConfig;
  #changedMs: number;
  #isGood = true;
  #watch: FileWatch | undefined;
  /** One at a time: the last one read is the last one in force. */
  #last: Promise<void> = Promise.resolve();

  constructor(options: ConfigManagerOptions) {
    this.#options = options;
    this.#current = options.config;
    this.#changedMs = options.clock.now();
  }

  get current(): ServerConfig {
    return this.#current;
  }

  /** Whether what its files say now is in force. */
  get isGood(): boolean {
    return this.#isGood;
  }

  /** Since when, Unix milliseconds. */
  get changedMs(): number {
    return this.#changedMs;
  }

  /** Reads again whenever one of its files changes. */
  watch(): void {
    this.#watch ??= new FileWatch({
      files: () => this.#current.readFiles,
      // What is wrong has been told; the one that was in force stays.
      onChange: () => void this.reload("file changed").catch(() => undefined),
      clock: this.#options.clock,
    });
  }

  /** @throws {ConfigError}, {RuleLoadError} if it is wrong; what was in force stays */
  reload(cause: ReloadCause = "asked"): Promise<void> {
    const done = this.#last.then(() => this.#reload(cause));
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Looks no more, and waits for what is under way. */
  async stop(): Promise<void> {
    this[Symbol.dispose]();
    await this.#last;
  }

  [Symbol.dispose](): void {
    this.#watch?.stop();
    this.#watch = undefined;
  }

  async #reload(cause: ReloadCause): Promise<void> {
    const { read, apply, onApplied, onRefused, clock } = this.#options;
    try {
      const config = read();
      await apply(config);
      const before = this.#current;
      this.#current = config;
      this.#changedMs = clock.now();
      this.#isGood = true;
      onApplied(config, before, cause);
    } catch (error) {
      this.#isGood = false;
      onRefused(error, cause);
      throw error;
    }
  }
}
