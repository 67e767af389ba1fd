/**
 * Tells somebody outside, each minute or so, that all is well here: when they hear nothing any more, or that it is not well, they tell
 * people by their own ways. So a dead machine is told of, too. As healthchecks.io and its like take it: the URL itself for well,
 * `/start` and `/fail` behind it. Source: https://healthchecks.io/docs/http_api/
 */

/** Longest that an answer is waited for, milliseconds. */
const TIMEOUT_MS = 10_000;

/** Longest reason that is sent, UTF-16 units: it leaves this machine. */
const MAX_REASON = 500;

interface Clock {
  after(ms: number, call: () => void): () => void;
}

export interface DeadManOptions {
  /** Asked before each ping: the URL is a secret, and whoever changes it need not restart anything. */
  readonly url: () => Promise<string>;
  readonly intervalMs: number;
  readonly clock: Clock;
  /** Why it is not well; `undefined` if it is. */
  readonly fault: () => string | undefined;
  /** Told when a ping does not get through, and told again only after one has. The URL is not in it. */
  readonly onTrouble: (reason: string) => void;
  readonly fetch?: typeof fetch;
}

/** The first time that all is said to be well is so long after the start, as a part of the interval: who starts again and again is not well. */
const FIRST_PART = 0.5;

export class DeadManSwitch implements Disposable {
  readonly #options: DeadManOptions;
  readonly #abort = new AbortController();
  #cancel: () => void = () => undefined;
  #isTold = false;

  constructor(options: DeadManOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#ping("/start", "").then(() => this.#wait(this.#options.intervalMs * FIRST_PART));
  }

  /** Nothing more is sent: who stops Haltwatch for long pauses the check there, too. */
  [Symbol.dispose](): void {
    this.#abort.abort();
    this.#cancel();
  }

  async #beat(): Promise<void> {
    if (this.#abort.signal.aborted) return;
    const fault = this.#faultNow();
    await this.#ping(fault === undefined ? "" : "/fail", fault ?? "");
    this.#wait(this.#options.intervalMs);
  }

  #wait(ms: number): void {
    if (this.#abort.signal.aborted) return;
    this.#cancel = this.#options.clock.after(ms, () => void this.#beat());
  }

  /** One that cannot say whether it is well is not. */
  #faultNow(): string | undefined {
    try {
      return this.#options.fault();
    } catch (error) {
      return `it cannot tell how it is: ${String(error)}`;
    }
  }

  async #ping(suffix: "" | "/start" | "/fail", body: string): Promise<void> {
    const { url, onTrouble, fetch: send = fetch } = this.#options;
    try {
      const address = addressOf(await url(), suffix);
      const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const response = await send(address, {
        method: "POST",
        body: body.slice(0, MAX_REASON),
        signal,
        redirect: "error",
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`status ${response.status}`);
      this.#isTold = false;
    } catch (error) {
      if (this.#abort.signal.aborted || this.#isTold) return;
      this.#isTold = true;
      onTrouble(reasonOf(error));
    }
  }
}

/** What follows a `?` stays behind. */
function addressOf(url: string, suffix: string): URL {
  const parsed = URL.parse(url.trim());
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) throw new Error("what its secret holds is no URL");
  parsed.pathname = `${parsed.pathname.replace(/\/+$/, "")}${suffix}`;
  return parsed;
}

/** Neither Node's own errors nor ours have the URL in them. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "it failed";
  const cause = error.cause instanceof Error ? error.cause : error;
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
}
