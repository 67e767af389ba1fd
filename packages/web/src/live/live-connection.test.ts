import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StreamEvent } from "./event-stream.ts";
import { type ConnectionState, LiveConnection } from "./live-connection.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A Haltwatch that answers as the test says. */
class World implements Disposable {
  readonly states: ConnectionState["kind"][] = [];
  readonly events: StreamEvent[] = [];
  attempts = 0;
  answer: "stream" | "refuse" | "unauthorized" | "hang" = "stream";
  readonly connection: LiveConnection;
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor() {
    this.connection = new LiveConnection({
      token: () => "t",
      fetch: (_path, init) => this.#fetch(init?.signal ?? undefined),
      now: () => performance.now(),
      onEvent: (event) => this.events.push(event),
      onState: ({ kind }) => this.states.push(kind),
    });
  }

  beat(): void {
    this.#stream?.enqueue(new TextEncoder().encode("event: beat\ndata: {}\n\n"));
  }

  end(): void {
    this.#stream?.close();
  }

  [Symbol.dispose](): void {
    this.connection[Symbol.dispose]();
  }

  #fetch(signal: AbortSignal | undefined): Promise<Response> {
    this.attempts += 1;
    if (this.answer === "refuse") return Promise.reject(new TypeError("refused"));
    if (this.answer === "unauthorized") return Promise.resolve(new Response("", { status: 401 }));
    return new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      if (this.answer === "hang") return;
      const body = new ReadableStream<Uint8Array>({
        start: (stream) => {
          this.#stream = stream;
          signal?.addEventListener("abort", () => stream.error(new DOMException("", "AbortError")));
        },
      });
      resolve(new Response(body));
    });
  }
}

async function live(): Promise<World> {
  const world = new World();
  world.connection.start();
  await vi.advanceTimersByTimeAsync(0);
  world.beat();
  await vi.advanceTimersByTimeAsync(1);
  return world;
}

test("a connection on which nothing comes for three seconds is said to be silent", async () => {
  using world = await live();
  expect(world.states).toEqual(["live"]);

  await vi.advanceTimersByTimeAsync(2999);

  expect(world.states).toEqual(["live", "silent"]);
});

test("beats each second keep it live", async () => {
  using world = await live();

  for (let second = 0; second < 10; second += 1) {
    await vi.advanceTimersByTimeAsync(1000);
    world.beat();
  }
  await vi.advanceTimersByTimeAsync(1);

  expect(world.states).toEqual(["live"]);
  expect(world.attempts).toBe(1);
});

test("a server that ends the stream is gone at once, and found again within two seconds of its return", async () => {
  using world = await live();

  world.answer = "refuse";
  world.end();
  await vi.advanceTimersByTimeAsync(1);
  expect(world.states).toEqual(["live", "gone"]);

  await vi.advanceTimersByTimeAsync(60_000);
  world.answer = "stream";
  await vi.advanceTimersByTimeAsync(2001);
  world.beat();
  await vi.advanceTimersByTimeAsync(1);
  expect(world.states.at(-1)).toBe("live");
});

test("a server that takes the connection and says nothing is silent, and is asked again", async () => {
  using world = new World();
  world.answer = "hang";
  world.connection.start();

  await vi.advanceTimersByTimeAsync(3000);
  expect(world.states).toEqual(["silent"]);

  await vi.advanceTimersByTimeAsync(3000);
  expect(world.attempts).toBeGreaterThan(1);
});

test("a token that is not taken is said, and not tried again and again", async () => {
  using world = new World();
  world.answer = "unauthorized";
  world.connection.start();

  await vi.advanceTimersByTimeAsync(20_000);
  expect(world.states).toEqual(["unauthorized"]);
  expect(world.attempts).toBe(1);

  world.answer = "stream";
  world.connection.reconnect();
  await vi.advanceTimersByTimeAsync(0);
  world.beat();
  await vi.advanceTimersByTimeAsync(1);
  expect(world.states.at(-1)).toBe("live");
});

test("what has ended asks for nothing more", async () => {
  const world = await live();
  world[Symbol.dispose]();

  await vi.advanceTimersByTimeAsync(60_000);

  expect(world.attempts).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});
