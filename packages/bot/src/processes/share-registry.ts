/**
 * The worker's side of a {@link RegistryPool}: answers when the pool asks, and once a second sends what has changed, so
 * that little is lost when the worker dies. Never keeps it alive.
 */
import { randomUUID } from "node:crypto";
import { clearInterval, setInterval } from "node:timers";
import { HaltwatchError } from "../errors.ts";
import type { ExpositionFormat } from "../exposition/format.ts";
import type { Family } from "../registry/family.ts";
import type { MetricSource, Registry } from "../registry/registry.ts";
import { within } from "../registry/within.ts";
import { encodeFamilies } from "./encode-families.ts";
import type { PoolMessage } from "./message.ts";
import { linkToParent, type ParentLink } from "./parent-link.ts";
import { sameFamilies } from "./same-families.ts";
import { type Tell, tellerOf } from "./teller.ts";

/** How often what has changed is sent unasked, milliseconds. */
const SEND_INTERVAL_MS = 1000;

/** So often, once an interval, a worker asks to be taken into a pool before it gives up. */
const HELLO_ATTEMPTS = 60;

/** How long a scrape that landed on a worker waits for the pool, milliseconds: it has to ask all the others first. */
const POOL_TIMEOUT_MS = 5000;

export interface ShareOptions {
  /** How often what has changed is sent unasked, milliseconds (default 1,000): about as much is lost when a worker is killed. */
  readonly intervalMs?: number | undefined;
  /** How long a scrape that landed on this worker waits for the pool, milliseconds (default 5,000). */
  readonly timeoutMs?: number | undefined;
}

/** A registry that a pool shows. As a source of metrics, it gives the whole pool's, whichever worker is scraped. */
export interface SharedRegistry extends MetricSource {
  /** Collects and sends everything now. Await it before `process.exit()`. */
  flush(): Promise<void>;
  /** Sends what it last counted, and shares no more. Any number of times. */
  stop(): void;
  [Symbol.dispose](): void;
}

/**
 * Shares this worker's registry with the pool of the process that started it. One registry a process; in a process that
 * nobody started as a worker it does nothing, and gives the registry's own metrics, so that a bot runs alone as well.
 *
 * @throws {HaltwatchError} `BAD_TIME`
 * @example
 * const shared = shareRegistry(registry);
 * startMonitoring(options, { source: () => shared }); // in a cluster: any worker may be scraped
 */
export function shareRegistry(registry: Registry, options: ShareOptions = {}): SharedRegistry {
  const intervalMs = options.intervalMs ?? SEND_INTERVAL_MS;
  const timeoutMs = options.timeoutMs ?? POOL_TIMEOUT_MS;
  for (const [key, ms] of Object.entries({ intervalMs, timeoutMs })) {
    if (ms >= 1 && ms < 2 ** 31) continue;
    throw new HaltwatchError("BAD_TIME", `${key} is ${ms}`, { key, hint: "Give milliseconds, 1 or more" });
  }
  return new Share(registry, intervalMs, timeoutMs);
}

class Share implements SharedRegistry {
  readonly #registry: Registry;
  readonly #timeoutMs: number;
  readonly #tell: Tell;
  readonly #id = randomUUID();
  readonly #link: ParentLink | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #onExit = (): void => void this.#sendChanges();
  #isStopped = false;
  #isWelcome = false;
  #hellos = 0;
  /** Sent unasked and not yet taken: the next waits, so that a blocked pool does not pile up snapshots. */
  #isUnderWay = false;
  #sent: readonly Family[] = [];
  /** What collectors last gave: they may be slow, so only a scrape asks them. */
  #foreign: readonly Family[] = [];
  #lastRequest = 0;
  /** Scrapes at the same time share one rendering. */
  readonly #renderings = new Map<ExpositionFormat, Promise<readonly string[]>>();
  readonly #texts = new Map<number, { readonly chunks: string[]; readonly done: () => void }>();

  constructor(registry: Registry, intervalMs: number, timeoutMs: number) {
    this.#registry = registry;
    this.#timeoutMs = timeoutMs;
    this.#tell = tellerOf(registry);
    this.#link = linkToParent(this.#id, {
      message: (message) => this.#message(message),
      closed: () => this.#closed(),
    });
    if (this.#link === undefined) return;
    this.#timer = setInterval(() => this.#tick(), intervalMs);
    this.#timer.unref?.();
    process.on("exit", this.#onExit);
    this.#hello(this.#link);
  }

  async flush(): Promise<void> {
    if (this.#link === undefined || this.#isStopped) return;
    await this.#send(await this.#collect());
  }

  stop(): void {
    if (this.#isStopped) return;
    void this.#sendChanges();
    this.#isStopped = true;
    clearInterval(this.#timer);
    process.off("exit", this.#onExit);
    void this.#link?.post({ kind: "bye", share: this.#id });
    this.#link?.close();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  /** @throws {HaltwatchError} `NO_POOL`: this worker's numbers alone would look like all counters had fallen */
  async *renderChunks(format: ExpositionFormat): AsyncGenerator<string> {
    if (this.#link === undefined) {
      yield* this.#registry.renderChunks(format);
      return;
    }
    let rendering = this.#renderings.get(format);
    if (rendering === undefined) {
      rendering = this.#render(this.#link, format).finally(() => this.#renderings.delete(format));
      this.#renderings.set(format, rendering);
    }
    yield* await rendering;
  }

  async #render(link: ParentLink, format: ExpositionFormat): Promise<readonly string[]> {
    const request = ++this.#lastRequest;
    const chunks: string[] = [];
    try {
      const done = new Promise<void>((resolve) => this.#texts.set(request, { chunks, done: resolve }));
      void link.post({ kind: "render", share: this.#id, request, format });
      await within(this.#timeoutMs, done);
      return chunks;
    } catch (error) {
      throw noPool(error);
    } finally {
      this.#texts.delete(request);
    }
  }

  #message(message: PoolMessage): void {
    if (this.#isStopped) return;
    switch (message.kind) {
      case "welcome":
        this.#isWelcome = true;
        this.#hellos = 0;
        void this.#sendChanges();
        return;
      case "ask":
        void this.#answer(message.request);
        return;
      case "taken":
        this.#isUnderWay = false;
        return;
      case "text": {
        const text = this.#texts.get(message.request);
        text?.chunks.push(message.text);
        if (message.last) text?.done();
      }
    }
  }

  /** Another pool may take this worker in: it asks again, from the start if it had been in one. */
  #closed(): void {
    if (this.#isWelcome) this.#hellos = 0;
    this.#isWelcome = false;
    this.#isUnderWay = false;
    this.#sent = [];
  }

  #tick(): void {
    if (this.#link === undefined) return;
    if (this.#isWelcome) {
      if (!this.#isUnderWay) void this.#sendChanges();
    } else if (this.#hellos < HELLO_ATTEMPTS) this.#hello(this.#link);
    else if (this.#hellos === HELLO_ATTEMPTS) {
      this.#hellos++;
      this.#tell(noPool());
    }
  }

  #hello(link: ParentLink): void {
    this.#hellos++;
    link.hello();
  }

  async #answer(request: number): Promise<void> {
    const families = await this.#collect();
    if (!this.#isStopped) await this.#send(families, request);
  }

  async #collect(): Promise<readonly Family[]> {
    const families = await this.#registry.snapshot();
    const own = new Set(this.#registry.families().map((family) => family.name));
    this.#foreign = families.filter((family) => !own.has(family.name));
    return families;
  }

  /** At once, without a turn of the event loop: at exit there is none left. */
  async #sendChanges(): Promise<void> {
    const families = [...this.#registry.families(), ...this.#foreign];
    if (sameFamilies(families, this.#sent)) return;
    this.#isUnderWay = true;
    await this.#send(families);
  }

  /** A collector may have given what cannot be sent: that is told, and must not end the bot as a rejection that nobody sees. */
  async #send(families: readonly Family[], request?: number): Promise<void> {
    this.#sent = families;
    try {
      await this.#link?.post({ kind: "snapshot", share: this.#id, request, families: encodeFamilies(families) });
    } catch (error) {
      this.#tell(
        new HaltwatchError("UNSENDABLE_METRICS", "a worker's metrics cannot be sent to its pool", {
          hint: "A collector must give families as plain data",
          cause: error,
        }),
      );
    }
  }
}

function noPool(cause?: unknown): HaltwatchError {
  return new HaltwatchError("NO_POOL", "no pool answers this worker", {
    hint: "In the process that started it: new RegistryPool(registry).add(worker)",
    cause,
  });
}
