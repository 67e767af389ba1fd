/**
 * Which of several states hold, such as ACTIVE, REDUCING, HALTED: one series a state, 1 where it holds and 0 where it
 * does not. The label has the metric's own name. OpenMetrics 1.0, "StateSet".
 */
import { MetricError, shown } from "../errors.ts";
import { GaugeChild } from "./gauge.ts";
import { type Aggregation, Instrument, type InstrumentOptions } from "./instrument.ts";

/** Definition of a {@link StateSet}. */
export interface StateSetOptions<S extends string>
  extends Omit<InstrumentOptions<never>, "labelNames" | "knownValues" | "unit" | "maxSeries" | "expireAfterMs"> {
  readonly states: readonly S[];
  /** What becomes of it where several processes report it (default `max`: a state holds if it holds in one of them). */
  readonly aggregation?: Aggregation | undefined;
}

export class StateSet<const S extends string> extends Instrument<string, GaugeChild> {
  declare readonly type: "stateset";
  readonly states: readonly S[];

  constructor(options: StateSetOptions<S>) {
    super(
      { ...options, labelNames: [options.name], knownValues: { [options.name]: checkStates(options) } },
      {
        type: "stateset",
        aggregation: options.aggregation ?? "max",
        makeChild: (values, createdMs, host) => new GaugeChild(options.name, host, values, createdMs),
      },
    );
    this.states = [...options.states];
  }

  /** This state holds and no other; or, by an object, each state as it says. */
  set(state: S | Readonly<Partial<Record<S, boolean>>>): void {
    if (typeof state !== "string" && (typeof state !== "object" || state === null)) {
      this.mistake("UNKNOWN_STATE", `there is no state ${shown(state)}`, `Its states are: ${this.states.join(", ")}`);
      return;
    }
    const named = typeof state === "string" ? [state] : (Object.keys(state) as S[]); // keys of a record of S
    const unknown = named.find((name) => !this.states.includes(name));
    if (unknown !== undefined) {
      this.mistake("UNKNOWN_STATE", `there is no state "${unknown}"`, `Its states are: ${this.states.join(", ")}`);
      return;
    }
    for (const name of typeof state === "string" ? this.states : named) {
      const holds = typeof state === "string" ? name === state : state[name] === true;
      this.tree.find1(name).set(holds ? 1 : 0);
    }
  }
}

function checkStates<S extends string>(options: StateSetOptions<S>): readonly S[] {
  if (Array.isArray(options.states) && options.states.length > 0) return options.states;
  throw new MetricError("NO_STATES", `state set "${options.name}" has no states`, {
    metric: options.name,
    hint: 'List them: states: ["active", "reducing", "halted"]',
  });
}
