/**
 * The bot's end of the link: keeps a connection to Haltwatch, renews the lease, hands the guard what Haltwatch says, and sends
 * samples: of watched metrics at once, of all others once an interval.
 */
import { randomUUID } from "node:crypto";
import type { HaltwatchError } from "../errors.ts";
import type { Guard } from "../guard/guard.ts";
import type { Moment } from "../guard/lease.ts";
import { Backoff } from "./backoff.ts";
import type { LinkClock } from "./link-clock.ts";
import type { LinkSocket, OpenSocket } from "./link-socket.ts";
import { PROTOCOL_VERSION, type ServerFrame, type WelcomeFrame } from "./protocol.ts";
import { readServerFrame } from "./read-server-frame.ts";
import type { SampleFeed } from "./sample-feed.ts";

/** Before Haltwatch says otherwise, milliseconds. */
const DEFAULT_RENEW_MS = 1_000;

/** A connection on which nothing comes for so many renewals is dead. */
const SILENT_RENEWALS = 4;

/** How long Haltwatch may take to answer hello, milliseconds. */
const WELCOME_TIMEOUT_MS = 2_000;

/** How long goodbye may take, milliseconds. */
const STOP_GRACE_MS = 500;

/** Renewals that may be under way: what is older is not waited for. */
const MOST_RENEWALS = 32;

/** Reports that wait for a link. */
const MOST_REPORTS = 64;

/** The wall clock was set, if it has moved against the monotonic one by more than this, milliseconds. */
const CLOCK_STEP_MS = 1_000;

interface LinkIdentity {
  readonly bot: string;
  readonly instance: string;
  readonly job: string;
  /** Of the bot: for people. */
  readonly version: string;
}

export interface LinkClientOptions {
  readonly url: string;
  readonly token: string | undefined;
  readonly identity: LinkIdentity;
  readonly guard: Guard;
  readonly feed: SampleFeed;
  readonly clock: LinkClock;
  readonly openSocket: () => Promise<OpenSocket>;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly onLinked: (isLinked: boolean, reason: string) => void;
  /** Haltwatch refused something. */
  readonly onRefused: (code: string, message: string) => void;
  readonly onError: (error: unknown) => void;
}

/** One connection, from the attempt to its end. */
interface Connection {
  readonly socket: LinkSocket;
  welcome: WelcomeFrame | undefined;
  heardMs: number;
  seq: number;
  /** When renewals were sent, by sequence. */
  readonly sent: Map<number, Moment>;
  readonly closed: Promise<void>;
}

export class LinkClient {
  readonly #options: LinkClientOptions;
  readonly #process = randomUUID();
  readonly #backoff: Backoff;
  #openSocket: OpenSocket | undefined;
  #connection: Connection | undefined;
  /** What the last connection was closed for, if it said so. */
  #lastError = "";
  /** Reports for Haltwatch, oldest first. */
  #reports: string[] = [];
  #cancelTimers: (() => void)[] = [];
  #links = 0;
  #isStopped = false;
  #wallAhead: number;

  constructor(options: LinkClientOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.random);
    this.#wallAhead = this.#clockDifference();
  }

  get isLinked(): boolean {
    return this.#connection?.welcome !== undefined;
  }

  /** Begins to connect, and does so again whenever the connection ends. */
  async start(): Promise<void> {
    try {
      this.#openSocket = await this.#options.openSocket();
    } catch (error) {
      this.#options.onError(error);
      return;
    }
    if (this.#isStopped) return;
    this.#connect();
    this.#snapshotLater();
  }

  /** Sends what there is, says goodbye and ends, within {@link STOP_GRACE_MS}. Any number of times. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const cancel of this.#cancelTimers) cancel();
    const connection = this.#connection;
    if (connection?.welcome !== undefined) await this.#bye(connection);
    connection?.socket.terminate();
    this.#ended(connection, "stopped");
  }

  async #bye({ socket, closed }: Connection): Promise<void> {
    let cancel: () => void = () => undefined;
    const grace = new Promise<void>((resolve) => {
      cancel = this.#options.clock.after(STOP_GRACE_MS, resolve);
    });
    const goodbye = async (): Promise<void> => {
      await this.#options.feed.snapshot();
      socket.send(JSON.stringify({ type: "bye", reason: "the bot stops" }));
      socket.close();
      await closed;
    };
    await Promise.race([grace, goodbye().catch((error) => this.#options.onError(error))]);
    cancel();
  }

  /** What the bot did about a pause. Sent when there is a link. */
  report(frame: object): void {
    this.#reports.push(JSON.stringify(frame));
    if (this.#reports.length > MOST_REPORTS) this.#reports.shift();
    this.#sendReports();
  }

  /** Sends all values as they are now: Haltwatch compares what comes later with them. */
  tellCounts(): void {
    this.#options.feed.freshSnapshot().catch((error) => this.#options.onError(error));
  }

  #connect(): void {
    const { url, token, clock } = this.#options;
    if (this.#isStopped || this.#openSocket === undefined) return;
    this.#lastError = "";
    let connection: Connection | undefined;
    let tellClosed: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => {
      tellClosed = resolve;
    });
    const socket = this.#openSocket(
      { url, token },
      {
        onOpen: () => {
          if (connection !== undefined && this.#connection === connection) this.#greet(connection);
        },
        onText: (text) => {
          if (connection !== undefined && this.#connection === connection) this.#receive(connection, text);
        },
        onClose: (reason) => {
          tellClosed();
          this.#ended(connection, reason);
        },
      },
    );
    const heardMs = clock.monotonic();
    connection = { socket, welcome: undefined, heardMs, seq: 0, sent: new Map(), closed };
    this.#connection = connection;
  }

  #greet(connection: Connection): void {
    const { identity, token, clock } = this.#options;
    this.#wallAhead = this.#clockDifference();
    const { bot, instance, job, version } = identity;
    connection.socket.send(
      JSON.stringify({
        ...{ type: "hello", protocol: PROTOCOL_VERSION, bot, instance, job, version, process: this.#process, token },
        ...{ wall: clock.wall(), mono: clock.monotonic(), epoch: this.#options.guard.epoch },
      }),
    );
    this.#after(WELCOME_TIMEOUT_MS, () => {
      if (connection.welcome === undefined) this.#abandon(connection, "Haltwatch did not answer");
    });
  }

  #receive(connection: Connection, text: string): void {
    const { onError } = this.#options;
    connection.heardMs = this.#options.clock.monotonic();
    let frame: ServerFrame;
    try {
      frame = readServerFrame(text);
    } catch (error) {
      onError(error as HaltwatchError); // all that it throws
      this.#abandon(connection, "Haltwatch sent what cannot be understood");
      return;
    }
    this.#handle(connection, frame);
  }

  #handle(connection: Connection, frame: ServerFrame): void {
    const { guard, feed, onRefused } = this.#options;
    switch (frame.type) {
      case "welcome":
        this.#welcomed(connection, frame);
        return;
      case "watch":
        feed.watch(frame.names);
        return;
      case "grant": {
        const sent = connection.sent.get(frame.seq);
        // Of no renewal of ours, or granted before.
        if (sent === undefined) return;
        for (const seq of connection.sent.keys()) if (seq <= frame.seq) connection.sent.delete(seq);
        this.#backoff.reset();
        guard.granted(sent, frame.leaseMs, frame);
        return;
      }
      case "pause":
      case "arm":
        guard.told(frame);
        return;
      case "error":
        this.#lastError = `${frame.code}: ${frame.message}`;
        if (frame.isFatal) this.#backoff.refused();
        onRefused(frame.code, frame.message);
        return;
      case "unknown":
        return;
      default:
        frame satisfies never;
    }
  }

  #welcomed(connection: Connection, welcome: WelcomeFrame): void {
    if (connection.welcome !== undefined) return;
    connection.welcome = welcome;
    this.#links += 1;
    const { feed, onLinked } = this.#options;
    const { socket } = connection;
    this.#renew(connection);
    this.#sendReports();
    onLinked(true, welcome.server);
    feed.begin(
      { number: this.#links, maxFrameBytes: welcome.maxFrameBytes, maxSeries: welcome.maxSeries },
      { send: (text) => socket.send(text), waitingBytes: () => socket.bufferedAmount },
      welcome.names,
    );
    this.#snapshot();
  }

  /** Asks for the lease, now and then again. */
  #renew(connection: Connection): void {
    if (this.#connection !== connection || this.#isStopped) return;
    const { clock } = this.#options;
    const renewMs = connection.welcome?.renewMs ?? DEFAULT_RENEW_MS;
    if (clock.monotonic() - connection.heardMs > SILENT_RENEWALS * renewMs) {
      this.#abandon(connection, "Haltwatch is silent");
      return;
    }
    if (Math.abs(this.#clockDifference() - this.#wallAhead) > CLOCK_STEP_MS) {
      this.#abandon(connection, "the clock was set"); // Haltwatch reckons with what hello said of it
      return;
    }
    connection.seq += 1;
    // Before it is sent: the lease must not count from any later moment.
    connection.sent.set(connection.seq, { monotonic: clock.monotonic(), wall: clock.wall() });
    for (const seq of connection.sent.keys()) if (connection.sent.size > MOST_RENEWALS) connection.sent.delete(seq);
    connection.socket.send(`{"type":"renew","seq":${connection.seq}}`);
    this.#after(renewMs, () => this.#renew(connection));
  }

  #sendReports(): void {
    const connection = this.#connection;
    if (connection?.welcome === undefined) return;
    for (const report of this.#reports) connection.socket.send(report);
    this.#reports = [];
  }

  #snapshotLater(): void {
    const intervalMs = this.#connection?.welcome?.intervalMs ?? DEFAULT_RENEW_MS;
    this.#after(intervalMs, () => {
      this.#snapshot();
      this.#snapshotLater();
    });
  }

  #snapshot(): void {
    this.#options.feed.snapshot().catch((error) => this.#options.onError(error));
  }

  #abandon(connection: Connection, reason: string): void {
    connection.socket.terminate();
    this.#ended(connection, reason);
  }

  #ended(connection: Connection | undefined, reason: string): void {
    if (connection === undefined || this.#connection !== connection) return;
    const wasLinked = this.isLinked;
    this.#connection = undefined;
    this.#options.feed.end();
    this.#options.onLinked(false, this.#lastError === "" ? reason : this.#lastError);
    if (this.#isStopped) return;
    const waitMs = wasLinked && this.#lastError === "" ? Math.min(this.#backoff.next(), 100) : this.#backoff.next();
    this.#after(waitMs, () => this.#connect());
  }

  #after(ms: number, call: () => void): void {
    const cancel = this.#options.clock.after(ms, () => {
      this.#cancelTimers = this.#cancelTimers.filter((one) => one !== cancel);
      call();
    });
    this.#cancelTimers.push(cancel);
  }

  #clockDifference(): number {
    return this.#options.clock.wall() - this.#options.clock.monotonic();
  }
}
