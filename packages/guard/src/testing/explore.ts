/** Tries everything that can happen in a model, breadth first: what it finds is the shortest way to a fault. */
import { hash } from "node:crypto";

export interface Step<State> {
  readonly name: string;
  readonly next: State;
}

export interface Model<State> {
  readonly initial: State;
  /** All that can happen next. A step that changes nothing may be among them. */
  steps(state: State): Iterable<Step<State>>;
  /** Alike for states that are alike in all that matters. */
  keyOf(state: State): string;
  /** What is wrong with the state, if anything. */
  faultOf(state: State): string | undefined;
}

export interface Exploration {
  /** Different states. */
  readonly states: number;
  readonly steps: number;
  /** Steps of the longest way that was needed to reach a state. */
  readonly depth: number;
  /** Whether there is nothing more to explore. */
  readonly isComplete: boolean;
  readonly fault?: { readonly message: string; readonly trace: readonly string[] } | undefined;
}

/** How a state was reached. Without the state: there are too many to keep. */
interface Way {
  readonly from: Way | undefined;
  readonly by: string;
}

/** @param maxStates gives up beyond them */
export function explore<State>(model: Model<State>, { maxStates }: { readonly maxStates: number }): Exploration {
  const seen = new Set([hashed(model.keyOf(model.initial))]);
  let ring: { readonly state: State; readonly way: Way }[] = [
    { state: model.initial, way: { from: undefined, by: "start" } },
  ];
  let steps = 0;
  for (let depth = 0; ; depth++) {
    const next: typeof ring = [];
    for (const { state, way } of ring) {
      const message = model.faultOf(state);
      if (message !== undefined) {
        return { states: seen.size, steps, depth, isComplete: false, fault: { message, trace: traceOf(way) } };
      }
      for (const step of model.steps(state)) {
        steps += 1;
        const key = hashed(model.keyOf(step.next));
        if (seen.has(key)) continue;
        if (seen.size >= maxStates) return { states: seen.size, steps, depth, isComplete: false };
        seen.add(key);
        next.push({ state: step.next, way: { from: way, by: step.name } });
      }
    }
    if (next.length === 0) return { states: seen.size, steps, depth, isComplete: true };
    ring = next;
  }
}

/** 120 bits: two of a million states have the same with a chance of 10⁻²⁴. */
function hashed(key: string): string {
  return hash("sha1", key, "base64").slice(0, 20);
}

function traceOf(way: Way): string[] {
  const trace: string[] = [];
  for (let at: Way | undefined = way; at !== undefined; at = at.from) trace.unshift(at.by);
  return trace;
}
