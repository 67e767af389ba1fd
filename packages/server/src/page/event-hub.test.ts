import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { type ApiServer, startApi } from "../api/index.ts";
import { HandClock } from "../rules/testing/hand-clock.ts";
import { EventHub } from "./event-hub.ts";

class Hub implements AsyncDisposable {
  readonly clock = new HandClock(0);
  readonly errors: unknown[] = [];
  readonly hub = new EventHub({
    clock: this.clock,
    hello: () => ({ version: "1" }),
    beat: () => ({ firing: 0 }),
    onError: (error) => this.errors.push(error),
  });
  api: ApiServer | undefined;

  async start(): Promise<this> {
    this.api = await startApi({ host: "127.0.0.1", port: 0, routes: [this.hub.route], tokens: { read: "r" } });
    return this;
  }

  async listen(token = "r"): Promise<Response> {
    return fetch(`${this.api?.url}/api/haltwatch/events`, { headers: { authorization: `Bearer ${token}` } });
  }

  /** A client that asks, and reads nothing. */
  async listenWithoutReading(): Promise<Socket> {
    const socket = connect(this.api?.port ?? 0, "127.0.0.1");
    await once(socket, "connect");
    socket.pause();
    socket.write("GET /api/haltwatch/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer r\r\n\r\n");
    return socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hub[Symbol.dispose]();
    await this.api?.stop();
  }
}

/** What has come of a stream, event by event. */
class Reader {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor({ body }: Response) {
    if (body === null) throw new Error("no body");
    this.#reader = body.pipeThrough(new TextDecoderStream()).getReader();
  }

  async next(): Promise<readonly [name: string, data: unknown] | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end !== -1) {
        const [name = "", data = ""] = this.#text.slice(0, end).split("\n");
        this.#text = this.#text.slice(end + 2);
        return [name.replace("event: ", ""), JSON.parse(data.replace("data: ", ""))];
      }
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#text += value;
    }
  }
}

describe("the stream of events", () => {
  test("begins with hello, goes on with what happens, and beats each second", async () => {
    await using hub = await new Hub().start();
    const response = await hub.listen();
    const reader = new Reader(response);

    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await reader.next()).toEqual(["hello", { version: "1" }]);
    hub.hub.publish("pause", { pause: { reason: "two\nlines" } });
    hub.hub.publish("arm", { scope: "all" });
    expect(await reader.next()).toEqual(["pause", { pause: { reason: "two\nlines" } }]);
    expect(await reader.next()).toEqual(["arm", { scope: "all" }]);
    hub.clock.turn(1_000);
    expect(await reader.next()).toEqual(["beat", { firing: 0 }]);
    hub.clock.turn(1_000);
    expect(await reader.next()).toEqual(["beat", { firing: 0 }]);
  });

  test("wants the token, and has no timer while nobody listens", async () => {
    await using hub = await new Hub().start();

    expect((await hub.listen("wrong")).status).toBe(401);
    expect([hub.hub.readers, hub.clock.waiting]).toEqual([0, 0]);
    const gone = new AbortController();
    const response = await fetch(`${hub.api?.url}/api/haltwatch/events`, {
      headers: { authorization: "Bearer r" },
      signal: gone.signal,
    });
    expect([response.status, hub.hub.readers, hub.clock.waiting]).toEqual([200, 1, 1]);
    gone.abort();
    await vi.waitFor(() => expect([hub.hub.readers, hub.clock.waiting]).toEqual([0, 0]));
  });

  test("takes 100 readers, and refuses the next one until one has gone", async () => {
    await using hub = await new Hub().start();
    const sockets = await Promise.all(Array.from({ length: 100 }, () => hub.listenWithoutReading()));
    await vi.waitFor(() => expect(hub.hub.readers).toBe(100));

    const refused = await hub.listen();
    expect([refused.status, await refused.json()]).toMatchObject([503, { errorType: "unavailable" }]);
    sockets[0]?.destroy();
    await vi.waitFor(() => expect(hub.hub.readers).toBe(99));
    expect((await hub.listen()).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });

  test("cuts off a reader that does not keep up, and no other", async () => {
    await using hub = await new Hub().start();
    const slow = await hub.listenWithoutReading();
    const reader = new Reader(await hub.listen());
    await vi.waitFor(() => expect(hub.hub.readers).toBe(2));

    // The kernel keeps some megabytes for it before anything waits here.
    const message = { text: "x".repeat(100_000) };
    await reader.next();
    for (let sent = 0; sent < 1_000 && hub.hub.readers === 2; sent += 1) {
      hub.hub.publish("message", message);
      expect(await reader.next()).toEqual(["message", message]);
    }

    expect(hub.hub.readers).toBe(1);
    slow.destroy();
  });

  test("of a flood of alerts it tells that there were more; a pause is always told", async () => {
    await using hub = await new Hub().start();
    const reader = new Reader(await hub.listen());
    await reader.next();

    for (let count = 0; count < 1_000; count += 1) hub.hub.publish("alert", { count });
    hub.hub.publish("pause", { pause: {} });
    hub.clock.turn(1_000);

    const names: (string | undefined)[] = [];
    while (names.at(-1) !== "beat") names.push((await reader.next())?.[0]);
    expect(names.filter((name) => name === "alert").length).toBe(200);
    expect(names.slice(200)).toEqual(["pause", "missed", "beat"]);
  });

  test("ends well when Haltwatch is stopped, within its grace, and takes nobody any more", async () => {
    const hub = await new Hub().start();
    const reader = new Reader(await hub.listen());
    await reader.next();

    hub.hub.publish("config", {});
    hub.hub[Symbol.dispose]();
    const refused = await hub.listen();
    const begun = performance.now();
    await hub.api?.stop();

    expect(await reader.next()).toEqual(["config", {}]);
    expect(await reader.next()).toBeUndefined();
    expect(refused.status).toBe(503);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  test("a beat that fails is told, and the next one comes", async () => {
    await using hub = await new Hub().start();
    let beats = 0;
    const failing = new EventHub({
      clock: hub.clock,
      hello: () => ({}),
      beat: () => {
        beats += 1;
        if (beats === 1) throw new Error("no");
        return { beats };
      },
      onError: (error) => hub.errors.push(error),
    });
    const sent: string[] = [];
    const answer = await failing.route.handle({} as never); // it looks at no request
    if (answer.kind !== "events") throw new Error(answer.kind);
    answer.open({ send: (text) => sent.push(text), waitingBytes: 0, end: () => undefined, cut: () => undefined });
    hub.clock.turn(2_000);
    await sleep(0);

    expect(hub.errors).toEqual([new Error("no")]);
    expect(sent.at(-1)).toBe('event: beat\ndata: {"beats":2}\n\n');
  });
});
