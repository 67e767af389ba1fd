/**
 * What happens, told to every page that listens, over one connection each: pauses within milliseconds, and a beat each second, by whose
 * absence a page knows that the server is gone. One timer and one text for all of them. What acts on a pause never waits for
 * them, and a reader that does not keep up is cut off: it comes again, and asks how things are.
 */
import { ApiError, type EventLine, type Route } from "../api/index.ts";
import type { Clock } from "../scrape/index.ts";

/** Pages at a time. */
const MAX_READERS = 100;

/** What is kept at most for a reader that does not keep up, bytes. */
const MAX_WAITING_BYTES = 256 * 1024;

const BEAT_MS = 1_000;

/** Most changes of alerts between two beats: a page that misses some asks for all of them. */
const MAX_ALERTS_A_BEAT = 200;

/** Everything that is told. `fault` and `message` are the demo's. */
export type EventName = "hello" | "beat" | "pause" | "arm" | "alert" | "config" | "missed" | "fault" | "message";

export interface EventHubOptions {
  readonly clock: Clock;
  /** What a reader is told first. */
  readonly hello: () => object;
  /** What all are told each second. */
  readonly beat: () => object;
  readonly onError: (error: unknown) => void;
}

export class EventHub implements Disposable {
  readonly #options: EventHubOptions;
  readonly #lines = new Set<EventLine>();
  #queued = "";
  #alertsSinceBeat = 0;
  #cancelBeat: () => void = () => undefined;
  #isClosed = false;

  constructor(options: EventHubOptions) {
    this.#options = options;
  }

  /** `GET /api/haltwatch/events`. */
  get route(): Route {
    return {
      methods: ["GET"],
      path: "/api/haltwatch/events",
      access: "read",
      doc: { summary: "What happens, as it happens: see docs/http-api.md", answer: "text/event-stream" },
      handle: () => {
        if (this.#isClosed) throw new ApiError("unavailable", "Haltwatch is being stopped");
        if (this.#lines.size >= MAX_READERS)
          throw new ApiError("unavailable", `${MAX_READERS} pages listen already: close one`);
        return { kind: "events", open: (line) => this.#open(line) };
      },
    };
  }

  get readers(): number {
    return this.#lines.size;
  }

  /** Tells all readers, as soon as what is going on now is done. */
  publish(name: EventName, data: object): void {
    if (this.#lines.size === 0) return;
    if (name === "alert" && ++this.#alertsSinceBeat > MAX_ALERTS_A_BEAT) return;
    if (this.#queued === "") setImmediate(() => this.#sendQueued());
    this.#queued += eventText(name, data);
  }

  /** Ends all connections well. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#cancelBeat();
    this.#sendQueued();
    for (const line of this.#lines) line.end();
    this.#lines.clear();
  }

  #open(line: EventLine): () => void {
    line.send(eventText("hello", this.#options.hello()));
    this.#lines.add(line);
    if (this.#lines.size === 1) this.#beatLater();
    return () => {
      this.#lines.delete(line);
      if (this.#lines.size === 0) this.#cancelBeat();
    };
  }

  #beatLater(): void {
    this.#cancelBeat();
    this.#cancelBeat = this.#options.clock.after(BEAT_MS, () => {
      this.#beatLater();
      try {
        this.#beat();
      } catch (error) {
        this.#options.onError(error);
      }
    });
  }

  #beat(): void {
    const missed = this.#alertsSinceBeat - MAX_ALERTS_A_BEAT;
    this.#alertsSinceBeat = 0;
    if (missed > 0) this.publish("missed", { count: missed });
    this.publish("beat", this.#options.beat());
  }

  #sendQueued(): void {
    const text = this.#queued;
    this.#queued = "";
    if (text === "") return;
    for (const line of this.#lines) {
      line.send(text);
      if (line.waitingBytes <= MAX_WAITING_BYTES) continue;
      this.#lines.delete(line);
      line.cut();
    }
  }
}

/** Source: WHATWG HTML, 9.2.6. JSON has no line breaks of its own. */
function eventText(name: EventName, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
