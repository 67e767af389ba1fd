/** Tries everything that can happen in a model, breadth first: what it finds is the shortest way to a fault. */

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

interface Visited<State> {
  readonly state: State;
  readonly from: Visited<State> | undefined;
  readonly by: string;
  readonly depth: number;
}

/** @param maxStates gives up beyond them */
export function explore<State>(model: Model<State>, { maxStates }: { readonly maxStates: number }): Exploration {
  const seen = new Set([model.keyOf(model.initial)]);
  let ring: Visited<State>[] = [{ state: model.initial, from: undefined, by: "start", depth: 0 }];
  let steps = 0;
  let depth = 0;
  while (ring.length > 0) {
    const next: Visited<State>[] = [];
    for (const visited of ring) {
      depth = visited.depth;
      const message = model.faultOf(visited.state);
      if (message !== undefined) {
        return { states: seen.size, steps, depth, isComplete: false, fault: { message, trace: traceOf(visited) } };
      }
      for (const step of model.steps(visited.state)) {
        steps += 1;
        const key = model.keyOf(step.next);
        if (seen.has(key)) continue;
        if (seen.size >= maxStates) return { states: seen.size, steps, depth, isComplete: false };
        seen.add(key);
        next.push({ state: step.next, from: visited, by: step.name, depth: depth + 1 });
      }
    }
    ring = next;
  }
  return { states: seen.size, steps, depth, isComplete: true };
}

function traceOf(visited: Visited<unknown>): string[] {
  const trace: string[] = [];
  for (let at: Visited<unknown> | undefined = visited; at !== undefined; at = at.from) trace.unshift(at.by);
  return trace;
}
