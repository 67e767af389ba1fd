/**
 * One link, from its first frame to its end: who it is, what it may, what it is told. Knows frames, not sockets.
 */
import { Allowance } from "./allowance.ts";
import { BotSamples, type Taken } from "./bot-samples.ts";
import type { PauseView } from "./guard-port.ts";
import type { LinkContext } from "./link-context.ts";
import { LinkRefusal } from "./link-refusal.ts";
import { type BotFrame, type HelloFrame, PROTOCOL, readFrame } from "./read-frame.ts";

/** Tells two bots, or two processes of a bot, apart. */
export interface Identity {
  readonly bot: string;
  readonly instance: string;
  readonly process: string;
}

export interface SessionEvents {
  /** Text of one frame for the bot. */
  readonly send: (text: string) => void;
  /** Hello was good in itself. @throws {LinkRefusal} if this bot may not link */
  readonly admit: (session: BotSession, identity: Identity) => void;
  readonly onSamples: (taken: Taken) => void;
  /** The bot says goodbye. */
  readonly onBye: (reason: string) => void;
}

export class BotSession {
  readonly #context: LinkContext;
  readonly #events: SessionEvents;
  /** From the Authorization header. */
  readonly #headerToken: string | undefined;
  readonly #frames: Allowance;
  readonly #sampleAllowance: Allowance;
  #identity: Identity | undefined;
  #samples: BotSamples | undefined;
  #lastSeq = -1;
  /** The pauses that the bot has been told of, by epoch. */
  #told = new Map<number, PauseView>();
  #toldEpoch = -1;
  #lastHeardMs: number;
  #isEnded = false;

  constructor(context: LinkContext, events: SessionEvents, headerToken: string | undefined) {
    this.#context = context;
    this.#events = events;
    this.#headerToken = headerToken;
    const now = context.clock.monotonic();
    this.#lastHeardMs = now;
    this.#frames = new Allowance(context.limits.framesPerSecond, now);
    this.#sampleAllowance = new Allowance(context.limits.samplesPerSecond, now);
  }

  /** `undefined` before a good hello. */
  get identity(): Identity | undefined {
    return this.#identity;
  }

  /** Monotonic milliseconds: when the last good frame came. */
  get lastHeardMs(): number {
    return this.#lastHeardMs;
  }

  get seriesCount(): number {
    return this.#samples?.seriesCount ?? 0;
  }

  /** @throws {LinkRefusal} of what is refused */
  receive(text: string): void {
    if (this.#isEnded) return;
    const now = this.#context.clock.monotonic();
    if (!this.#frames.take(1, now)) throw new LinkRefusal("too_many_frames", "more frames a second than are allowed");
    const frame = readFrame(text);
    if (this.#samples === undefined) this.#greet(frame);
    else this.#handle(frame, this.#samples);
    this.#lastHeardMs = now;
  }

  /** Tells the bot of what has changed in the guard since it was last told. */
  guardChanged(): void {
    const bot = this.#identity?.bot;
    if (bot === undefined || this.#isEnded) return;
    const { guard } = this.#context;
    const pauses = guard.stateFor(bot);
    const added = pauses.filter(({ epoch }) => !this.#told.has(epoch));
    const gone = [...this.#told.values()].filter((told) => !pauses.some(({ epoch }) => epoch === told.epoch));
    if (added.length === 0 && gone.length === 0) return;
    const { epoch } = guard;
    const isPause = added.length > 0;
    // Beside what changed, all that is in force: then no order of frames, and none lost, lets a paused scope trade.
    this.#send({
      type: isPause ? "pause" : "arm",
      epoch,
      changed: (isPause ? added : gone).map(wirePause),
      pauses: pauses.map(wirePause),
    });
    this.#remember(pauses, epoch);
  }

  /** The rules have changed: other metrics touch pause rules now. */
  watchChanged(): void {
    if (this.#samples !== undefined) this.#send({ type: "watch", names: [...this.#context.watched()] });
  }

  refused(refusal: LinkRefusal): void {
    const isFatal = refusal.closeCode !== undefined;
    this.#send({ type: "error", code: refusal.code, message: refusal.message, fatal: isFatal });
  }

  /** Any number of times. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#samples?.end();
  }

  #greet(frame: BotFrame): void {
    if (frame.type !== "hello") throw new LinkRefusal("malformed", "not understood: a link begins with hello");
    const { context, version } = this.#agreed(frame);
    if (!context.authorize(frame.bot, this.#headerToken ?? frame.token))
      throw new LinkRefusal("unauthenticated", "the token is missing or wrong");
    const { bot, instance, job, process } = frame;
    const identity = { bot, instance, process };
    this.#events.admit(this, identity);
    const { store, limits, clock } = context;
    const now = clock.now;
    try {
      this.#samples = new BotSamples({
        store,
        limits,
        now,
        bot: { bot, job, instance },
        offsetMs: now() - frame.wall,
      });
    } catch (error) {
      throw new LinkRefusal("store", error instanceof Error ? error.message : String(error));
    }
    this.#identity = identity;
    context.guard.linked?.(bot, frame.epoch);
    this.#send({
      type: "welcome",
      protocol: version,
      server: context.version,
      names: [...context.watched()],
      interval_ms: context.intervalMs,
      lease_ms: context.leaseMs,
      renew_ms: context.renewMs,
      limits: {
        frame_bytes: limits.frameBytes,
        series: limits.series,
        samples_per_second: limits.samplesPerSecond,
        frames_per_second: limits.framesPerSecond,
      },
      epoch: context.guard.epoch,
    });
  }

  #agreed(hello: HelloFrame): { readonly context: LinkContext; readonly version: number } {
    const version = Math.min(hello.protocol, PROTOCOL.newest);
    if (version < PROTOCOL.oldest || version < hello.oldest) {
      const spoken = `${PROTOCOL.oldest} to ${PROTOCOL.newest}`;
      throw new LinkRefusal("unsupported_protocol", `protocol ${hello.protocol}; spoken here are ${spoken}`);
    }
    return { context: this.#context, version };
  }

  #handle(frame: BotFrame, samples: BotSamples): void {
    switch (frame.type) {
      case "hello":
        throw new LinkRefusal("replayed", "a second hello");
      case "series":
        samples.define(frame);
        return;
      case "samples": {
        const isAllowed = this.#sampleAllowance.take(frame.values.length, this.#context.clock.monotonic());
        if (!isAllowed) throw new LinkRefusal("too_many_samples", "more samples a second than are allowed: not kept");
        this.#events.onSamples(samples.take(frame));
        return;
      }
      case "renew":
        this.#renew(frame.seq);
        return;
      case "ack":
        this.#acknowledge(frame);
        return;
      case "bye":
        this.#events.onBye(frame.reason);
        return;
      default:
        frame satisfies never;
    }
  }

  #renew(seq: number): void {
    if (seq <= this.#lastSeq) throw new LinkRefusal("replayed", `renewal ${seq} was there before`);
    this.#lastSeq = seq;
    const bot = this.#identity?.bot ?? "";
    const { guard, leaseMs } = this.#context;
    const refusal = guard.refusal?.(bot);
    if (refusal !== undefined) throw new LinkRefusal("no_lease", refusal);
    const pauses = guard.stateFor(bot);
    const { epoch } = guard;
    this.#send({ type: "grant", seq, lease_ms: leaseMs, epoch, pauses: pauses.map(wirePause) });
    this.#remember(pauses, epoch);
  }

  #acknowledge(frame: Extract<BotFrame, { readonly type: "ack" }>): void {
    const bot = this.#identity?.bot ?? "";
    const { type: _type, epoch, stage, time, ...report } = frame;
    if (epoch > this.#toldEpoch) throw new LinkRefusal("malformed", `not understood: pause ${epoch} was not told of`);
    const timeMs = this.#samples?.placed(time) ?? this.#context.clock.now();
    this.#context.guard.acknowledged(bot, epoch, stage === "received" ? { stage } : { stage, ...report }, timeMs);
  }

  #remember(pauses: readonly PauseView[], epoch: number): void {
    this.#told = new Map(pauses.map((pause) => [pause.epoch, pause]));
    this.#toldEpoch = Math.max(this.#toldEpoch, epoch, ...pauses.map((pause) => pause.epoch));
  }

  #send(frame: object): void {
    if (!this.#isEnded) this.#events.send(JSON.stringify(frame));
  }
}

function wirePause({ epoch, scope, state, reason, by, rule, timeMs }: PauseView): object {
  return { epoch, scope, state, reason, by, rule, time: timeMs };
}
