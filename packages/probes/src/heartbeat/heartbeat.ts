/**
 * Looks at all services each so many seconds, side by side: what hangs, lies or is dead delays nobody else's look, and not the next
 * beat. Row C3.
 */
import { BeatSchedule, type BeatTime } from "../clock/beat-schedule.ts";
import type { Clock } from "../clock/clock.ts";
import { ProbeError } from "../probe-error.ts";
import { ATTEMPT_PAUSE_MS, Look } from "./look.ts";
import type { ServiceReading } from "./reading.ts";
import type { Service } from "./service.ts";

/** Most services. */
const MAX_SERVICES = 500;

/** What is left of an interval when all attempts have failed, milliseconds. */
const REST_MS = 500;

export interface Beat extends BeatTime {
  /** Counts up from 1 in a process. */
  readonly number: number;
  /** From its begin to its last answer, milliseconds. */
  readonly durationMs: number;
  /** By service, in the order of the services. */
  readonly readings: ReadonlyMap<Service, ServiceReading>;
}

export interface HeartbeatOptions {
  readonly services: readonly Service[];
  readonly intervalMs: number;
  readonly clock: Clock;
  /** When there was a beat last, by an earlier process, Unix milliseconds. */
  readonly lastBeatMs?: number | undefined;
  /** As soon as it is there: others of the same beat may still be waited for. */
  readonly onReading?: (service: Service, reading: ServiceReading, timeMs: number) => void;
  /** When all readings are there, or their time is over. */
  readonly onBeat: (beat: Beat) => void;
}

export class Heartbeat implements AsyncDisposable {
  readonly #options: HeartbeatOptions;
  readonly #looks: readonly Look[];
  readonly #schedule: BeatSchedule;
  readonly #stop = new AbortController();
  #beats = 0;
  /** Of the newest beat. */
  #telling: Promise<void> = Promise.resolve();

  /** @throws {ProbeError} `BAD_VALUE` for services that could not be looked at within the interval */
  constructor(options: HeartbeatOptions) {
    const { services, clock, intervalMs, lastBeatMs } = options;
    checkServices(services, intervalMs);
    this.#options = options;
    this.#looks = services.map((service) => new Look(service, clock));
    this.#schedule = new BeatSchedule({
      ...{ clock, intervalMs, lastBeatMs },
      onBeat: (time) => this.#beat(time),
    });
  }

  start(): void {
    this.#schedule.start();
  }

  /** One beat now, beside the schedule: for whoever asks once. */
  async once(): Promise<Beat> {
    const { clock } = this.#options;
    const time = { timeMs: clock.now(), elapsedMs: 0, gap: undefined, clockStepMs: 0 };
    return this.#look(time);
  }

  /** Ends what is under way; of a beat that was, nothing is told: what was cut off says nothing of the services. Any number of times. */
  async stop(): Promise<void> {
    const stopped = this.#schedule.stop();
    this.#stop.abort();
    await stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #beat(time: BeatTime): Promise<void> {
    const before = this.#telling;
    const telling = this.#look(time);
    // A machine that slept in the middle of a beat may end the next one first: they are told in their order.
    this.#telling = Promise.all([telling, before]).then(() => undefined);
    const beat = await telling;
    await before;
    if (!this.#stop.signal.aborted) this.#options.onBeat(beat);
  }

  async #look(time: BeatTime): Promise<Beat> {
    const { clock, onReading } = this.#options;
    const begin = clock.monotonic();
    this.#beats++;
    const number = this.#beats;
    const readings = await Promise.all(
      this.#looks.map(async (look) => {
        const reading = await look.look(this.#stop.signal);
        if (!this.#stop.signal.aborted) onReading?.(look.service, reading, clock.now());
        return [look.service, reading] as const;
      }),
    );
    return { ...time, number, durationMs: Math.round(clock.monotonic() - begin), readings: new Map(readings) };
  }
}

function checkServices(services: readonly Service[], intervalMs: number): void {
  if (services.length > MAX_SERVICES) {
    throw new ProbeError("BAD_VALUE", `there are ${services.length} services`, `At most ${MAX_SERVICES} are looked at`);
  }
  for (const [index, { name, timeoutMs, attempts }] of services.entries()) {
    if (services.findIndex((one) => one.name === name) !== index) {
      throw new ProbeError("BAD_VALUE", `two services are named ${name}`, "Give each a name of its own");
    }
    const longestMs = attempts * timeoutMs + (attempts - 1) * ATTEMPT_PAUSE_MS;
    if (longestMs > intervalMs - REST_MS) {
      const needs = `${attempts} attempts of ${timeoutMs / 1000} s take up to ${longestMs / 1000} s`;
      throw new ProbeError(
        "BAD_VALUE",
        `${name}: ${needs}, and the next beat comes after ${intervalMs / 1000} s`,
        "Give it a shorter timeout or fewer attempts",
      );
    }
  }
}
