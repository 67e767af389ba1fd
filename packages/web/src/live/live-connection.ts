/**
 * Holds the event stream open: connects again by itself, and says within three seconds that Haltwatch is gone, hangs, or wants
 * another token.
 */
import { isAbort } from "../api/api-error.ts";
import { type StreamEvent, streamEvents } from "./event-stream.ts";

export type ConnectionState =
  /** The first connection is being made. */
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  /** The connection was refused, or broke. @member sinceMs monotonic */
  | { readonly kind: "gone"; readonly sinceMs: number }
  /** The connection stands, and nothing comes: Haltwatch or the way to it hangs. */
  | { readonly kind: "silent"; readonly sinceMs: number }
  | { readonly kind: "unauthorized"; readonly sinceMs: number };

export interface LiveConnectionOptions {
  readonly token: () => string | undefined;
  readonly onEvent: (event: StreamEvent) => void;
  readonly onState: (state: ConnectionState) => void;
  readonly fetch: typeof fetch;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
}

const PATH = "/api/haltwatch/events";

/** There is a beat each second. A little less than three are waited for, so that three seconds are kept. */
const SILENCE_MS = 2800;

/** Before the next attempt; the last stays. */
const BACKOFF_MS = [100, 250, 500, 1000, 2000] as const;

/** A person has to give another token; each refusal stands in Haltwatch's journal. */
const UNAUTHORIZED_MS = 30_000;

export class LiveConnection implements Disposable {
  readonly #options: LiveConnectionOptions;
  #state: ConnectionState = { kind: "connecting" };
  #attempt = 0;
  #lastHeardMs = 0;
  #isStopped = false;
  #reading: AbortController | undefined;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LiveConnectionOptions) {
    this.#options = options;
    this.#lastHeardMs = options.now();
  }

  start(): void {
    void this.#connect();
  }

  /** At once, for instance because there is another token, or the computer is back on the network. */
  reconnect(): void {
    if (this.#isStopped) return;
    this.#attempt = 0;
    clearTimeout(this.#retryTimer);
    this.#reading?.abort();
    void this.#connect();
  }

  [Symbol.dispose](): void {
    this.#isStopped = true;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#silenceTimer);
    this.#reading?.abort();
  }

  async #connect(): Promise<void> {
    const reading = new AbortController();
    this.#reading = reading;
    this.#expect(reading);
    let fault: ConnectionState["kind"] = "gone";
    try {
      const bearer = this.#options.token();
      const response = await this.#options.fetch(PATH, {
        headers: {
          Accept: "text/event-stream",
          ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
        },
        cache: "no-store",
        credentials: "omit",
        signal: reading.signal,
      });
      if (response.status === 401) fault = "unauthorized";
      if (response.ok && response.body !== null) {
        for await (const event of streamEvents(response.body)) {
          if (this.#reading !== reading) return;
          this.#heard(reading, event);
        }
      }
    } catch (error) {
      // Called off by the timer below, or by reconnect(): what has to be said was said there.
      if (isAbort(error) && this.#reading !== reading) return;
      if (isAbort(error)) fault = "silent";
    }
    if (this.#reading !== reading || this.#isStopped) return;
    clearTimeout(this.#silenceTimer);
    this.#lost(fault);
    const waitMs =
      fault === "unauthorized" ? UNAUTHORIZED_MS : BACKOFF_MS[Math.min(this.#attempt, BACKOFF_MS.length - 1)];
    this.#attempt += 1;
    this.#retryTimer = setTimeout(() => void this.#connect(), waitMs);
  }

  #heard(reading: AbortController, event: StreamEvent): void {
    this.#lastHeardMs = this.#options.now();
    this.#attempt = 0;
    this.#expect(reading);
    this.#options.onEvent(event);
    this.#say({ kind: "live" });
  }

  #expect(reading: AbortController): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => {
      if (this.#reading === reading) reading.abort();
    }, SILENCE_MS);
  }

  #lost(kind: ConnectionState["kind"]): void {
    const before = this.#state;
    const sinceMs = "sinceMs" in before ? before.sinceMs : this.#lastHeardMs;
    // One that hung and is gone now is gone, since the same moment.
    this.#say({ kind: kind === "unauthorized" || kind === "silent" ? kind : "gone", sinceMs });
  }

  #say(state: ConnectionState): void {
    const before = this.#state;
    this.#state = state;
    if (before.kind !== state.kind) this.#options.onState(state);
  }
}
