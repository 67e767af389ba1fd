/**
 * Reads `text/event-stream` from a fetch's body: `EventSource` can send no token. Source: HTML Standard, 9.2.6 (interpreting an event
 * stream); `id` and `retry` are not used here, since after a gap everything is asked for anew.
 */

export interface StreamEvent {
  readonly name: string;
  readonly data: string;
}

/** Longest event, UTF-16 code units: what has no end is not from Haltwatch. */
const MAX_EVENT_LENGTH = 1_000_000;

/** Takes text as it arrives, cut anywhere; gives whole events. */
export class EventStreamParser {
  #rest = "";
  #name = "";
  #data: string[] = [];

  /** @throws {RangeError} if an event is too long */
  push(text: string): StreamEvent[] {
    // A line break that is cut in two: wait for its second half.
    const joined = this.#rest + text;
    const isCut = joined.endsWith("\r");
    const lines = (isCut ? joined.slice(0, -1) : joined).split(/\r\n|\n|\r/);
    const last = lines.pop() ?? "";
    this.#rest = isCut ? `${last}\r` : last;
    if (this.#rest.length > MAX_EVENT_LENGTH) throw new RangeError("an event is too long");
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line: string): StreamEvent[] {
    if (line === "") {
      const event = { name: this.#name === "" ? "message" : this.#name, data: this.#data.join("\n") };
      const isEmpty = this.#data.length === 0;
      this.#name = "";
      this.#data = [];
      return isEmpty ? [] : [event];
    }
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#name = value;
    if (field === "data") this.#data.push(value);
    return [];
  }
}

/** All events until the stream ends; a broken one throws what the reader throws. */
export async function* streamEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const parser = new EventStreamParser();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    // Whoever stops reading wants nothing more; that it cannot be said to a broken stream is no matter.
    await reader.cancel().catch(() => undefined);
  }
}
