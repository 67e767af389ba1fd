/** What the heartbeat sees as series: its own, and those of the runtime registry, which rules, orchestrators and the page read. */
import { BETTING_METRICS, type Gauge, Registry, RUNTIME_METRICS } from "@haltwatch/bot";
import type { Beat, Service, ServiceReading } from "@haltwatch/probes";

const RUNTIME = {
  rpcUp: RUNTIME_METRICS.rpcUp,
  rpcLatency: RUNTIME_METRICS.rpcLatency,
  headAge: RUNTIME_METRICS.headAge,
  gasPrice: RUNTIME_METRICS.gasPrice,
  sequencerUp: RUNTIME_METRICS.sequencerUp,
  sequencerSince: RUNTIME_METRICS.sequencerSince,
  venueUp: RUNTIME_METRICS.venueUp,
} as const;

const PROBE = {
  success: {
    name: "probe_success",
    help: "1 if a service was well when it was looked at, 0 if not.",
    labelNames: ["probe", "kind", "target"],
  },
  duration: {
    name: "probe_duration_seconds",
    help: "How long a service took for its last answer.",
    labelNames: ["probe"],
  },
  fault: { name: "probe_fault", help: "Always 1. What is wrong with a service.", labelNames: ["probe", "fault"] },
  head: { name: "probe_head_block", help: "Newest block that a node knows.", labelNames: ["probe", "chain"] },
  lag: {
    name: "probe_lag_blocks",
    help: "How many blocks a node is behind its reference.",
    labelNames: ["probe", "chain"],
  },
  clockSkew: {
    name: "probe_clock_skew_seconds",
    help: "A venue's clock less this machine's.",
    labelNames: ["venue"],
  },
  balance: { name: "exchange_balance", help: "What is free on an account.", labelNames: ["venue", "asset"] },
} as const;

/** Most currencies of one account that become series. */
const MAX_ASSETS = 100;

export class HeartbeatSeries {
  readonly registry = new Registry();
  readonly #probe = {
    success: this.registry.gauge(PROBE.success),
    duration: this.registry.gauge(PROBE.duration),
    fault: this.registry.gauge(PROBE.fault),
    head: this.registry.gauge(PROBE.head),
    lag: this.registry.gauge(PROBE.lag),
    clockSkew: this.registry.gauge(PROBE.clockSkew),
    balance: this.registry.gauge(PROBE.balance),
  };
  readonly #runtime = {
    rpcUp: this.registry.gauge(RUNTIME.rpcUp),
    rpcLatency: this.registry.gauge(RUNTIME.rpcLatency),
    headAge: this.registry.gauge(RUNTIME.headAge),
    gasPrice: this.registry.gauge(RUNTIME.gasPrice),
    sequencerUp: this.registry.gauge(RUNTIME.sequencerUp),
    sequencerSince: this.registry.gauge(RUNTIME.sequencerSince),
    venueUp: this.registry.gauge(RUNTIME.venueUp),
    rateLimit: this.registry.gauge(BETTING_METRICS.rateLimit),
  };
  readonly #beatTime = this.registry.gauge(RUNTIME_METRICS.heartbeatTime);
  readonly #beatSeconds = this.registry.gauge({
    name: "heartbeat_duration_seconds",
    help: "How long the last beat took, from its begin to its last answer.",
  });
  readonly #beats = this.registry.counter({ name: "heartbeat_beats_total", help: "Beats." });
  readonly #gaps = this.registry.counter({
    name: "heartbeat_gaps_total",
    help: "Beats that came too late: the machine was suspended, the process got no time, or did not run.",
    labelNames: ["reason"],
  });
  readonly #steps = this.registry.counter({
    name: "heartbeat_clock_steps_total",
    help: "How often the time of day was set while it ran.",
  });
  readonly #logFailures = this.registry.counter({
    name: "heartbeat_log_failures_total",
    help: "Attempts to write the log that failed; the lines are tried again.",
  });
  readonly #services: readonly Service[];
  /** The newest of each service: several may tell of one chain. */
  readonly #readings = new Map<Service, ServiceReading>();
  /** Currencies that are told of, by venue. */
  readonly #assets = new Map<string, readonly string[]>();

  /** @param services all that will be told of */
  constructor(services: readonly Service[]) {
    this.#services = services;
    // Absent until there is something to tell.
    this.#beatTime.remove();
    this.#beatSeconds.remove();
  }

  read(service: Service, reading: ServiceReading): void {
    const { name, kind, target } = service;
    const { fault, latencyMs, facts } = reading;
    const { success, duration, head, lag } = this.#probe;
    this.#readings.set(service, reading);
    success.labels(name, kind, target).set(fault === undefined ? 1 : 0);
    if (latencyMs === undefined) duration.remove({ probe: name });
    else duration.labels(name).set(latencyMs / 1000);
    this.#tellFaults();
    switch (facts.kind) {
      case "http":
        this.#tellVenue(facts.venue);
        return;
      case "rpc":
        setOrRemove(head, { probe: name, chain: facts.chain }, facts.headNumber);
        setOrRemove(lag, { probe: name, chain: facts.chain }, facts.lagBlocks);
        this.#tellRpc(facts.chain);
        this.#tellHead(facts.chain);
        return;
      case "sequencer":
        this.#tellSequencer(facts.chain);
        this.#tellHead(facts.chain);
        return;
      case "exchange":
        this.#tellVenue(facts.venue);
        setOrRemove(this.#probe.clockSkew, { venue: facts.venue }, seconds(facts.clockSkewMs));
        setOrRemove(this.#runtime.rateLimit, { venue: facts.venue }, facts.rateLimitRatio);
        this.#tellBalances(facts.venue, [...(facts.balances ?? [])].slice(0, MAX_ASSETS));
        return;
      default:
        facts satisfies never;
    }
  }

  beat({ timeMs, durationMs, gap, clockStepMs }: Beat): void {
    this.#beats.inc();
    this.#beatTime.set(timeMs / 1000);
    this.#beatSeconds.set(durationMs / 1000);
    if (gap !== undefined) this.#gaps.labels(gap.reason).inc();
    if (clockStepMs !== 0) this.#steps.inc();
  }

  logFailed(): void {
    this.#logFailures.inc();
  }

  #tellFaults(): void {
    this.#probe.fault.reset();
    for (const [{ name }, { fault }] of this.#readings)
      if (fault !== undefined) this.#probe.fault.labels(name, fault.kind).set(1);
  }

  #of<K extends ServiceReading["facts"]["kind"]>(
    kind: K,
  ): { readonly reading: ServiceReading; readonly facts: FactsOf<K> }[] {
    return [...this.#readings.values()].flatMap((reading) =>
      // The kind says which facts they are.
      reading.facts.kind === kind ? [{ reading, facts: reading.facts as FactsOf<K> }] : [],
    );
  }

  /**
   * Whether one is up of those that could be; `undefined` while none is, and one was not looked at yet: at the start the one that is dead may
   * be the first to tell.
   */
  #isOneUp(
    belongs: (facts: ServiceReading["facts"]) => boolean,
    isUp: (reading: ServiceReading) => boolean,
  ): boolean | undefined {
    const services = this.#services.filter(({ unanswered }) => belongs(unanswered));
    const readings = services.map((service) => this.#readings.get(service));
    if (readings.some((reading) => reading !== undefined && isUp(reading))) return true;
    return readings.includes(undefined) ? undefined : false;
  }

  /** Up if one of its endpoints is well: with the other a bot can go on. */
  #tellVenue(venue: string | undefined): void {
    if (venue === undefined) return;
    const isUp = this.#isOneUp(
      (facts) => (facts.kind === "http" || facts.kind === "exchange") && facts.venue === venue,
      ({ fault }) => fault === undefined,
    );
    setOrRemove(this.#runtime.venueUp, { venue }, flag(isUp));
  }

  /** What was there once and is not named any more is gone, and so is all of it when it could not be read. */
  #tellBalances(venue: string, balances: readonly (readonly [asset: string, free: number])[]): void {
    for (const asset of this.#assets.get(venue) ?? []) this.#probe.balance.remove({ venue, asset });
    for (const [asset, free] of balances) this.#probe.balance.labels(venue, asset).set(free);
    this.#assets.set(
      venue,
      balances.map(([asset]) => asset),
    );
  }

  /** Of several that look at one chain's sequencer, one that says down is believed, and of those that say up the last to see it come up. */
  #tellSequencer(chain: string): void {
    const all = this.#of("sequencer").flatMap(({ facts }) => (facts.chain === chain ? [facts] : []));
    const down = all.find(({ isUp }) => isUp === false);
    const [up] = all.filter(({ isUp }) => isUp === true).sort((a, b) => (b.sinceMs ?? 0) - (a.sinceMs ?? 0));
    const { isUp, sinceMs } = down ?? up ?? {};
    // What nobody could say is absent, so that whoever relies on it sees that it is missing.
    setOrRemove(this.#runtime.sequencerUp, { chain }, flag(isUp));
    setOrRemove(this.#runtime.sequencerSince, { chain }, seconds(sinceMs));
  }

  #tellRpc(chain: string): void {
    const all = this.#of("rpc").filter(({ facts }) => facts.chain === chain);
    const answering = all.filter(({ facts }) => facts.isAnswering);
    const least = (values: readonly (number | undefined)[]): number | undefined => {
      const known = values.filter((value) => value !== undefined);
      return known.length === 0 ? undefined : Math.min(...known);
    };
    const isUp = this.#isOneUp(
      (facts) => facts.kind === "rpc" && facts.chain === chain,
      ({ facts }) => facts.kind === "rpc" && facts.isAnswering,
    );
    setOrRemove(this.#runtime.rpcUp, { chain }, flag(isUp));
    setOrRemove(this.#runtime.rpcLatency, { chain }, least(answering.map(({ reading }) => reading.latencyMs)));
    setOrRemove(this.#runtime.gasPrice, { chain }, least(answering.map(({ facts }) => facts.gasPriceGwei)));
  }

  #tellHead(chain: string): void {
    const ages = [...this.#of("rpc"), ...this.#of("sequencer")]
      .filter(({ facts }) => facts.chain === chain)
      .flatMap(({ facts }) => facts.headAgeSeconds ?? []);
    setOrRemove(this.#runtime.headAge, { chain }, ages.length === 0 ? undefined : Math.min(...ages));
  }
}

type FactsOf<K> = Extract<ServiceReading["facts"], { readonly kind: K }>;

/** Metrics that rules may wait for, told of when they are written. */
export const HEARTBEAT_METRICS: ReadonlySet<string> = new Set(
  [...Object.values(RUNTIME), ...Object.values(PROBE), RUNTIME_METRICS.heartbeatTime, BETTING_METRICS.rateLimit].map(
    ({ name }) => name,
  ),
);

function setOrRemove<N extends string>(gauge: Gauge<N>, labels: Record<N, string>, value: number | undefined): void {
  // A record of all its labels' names is what the gauge takes.
  const named = labels as Parameters<typeof gauge.remove>[0];
  if (value === undefined) gauge.remove(named);
  else gauge.labels(named).set(value);
}

function flag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : value ? 1 : 0;
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
