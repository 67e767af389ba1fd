/** All variables of a dashboard, each after those that its query refers to. */
import type { Variable } from "../dashboard/model.ts";
import { referencesIn } from "./interpolate.ts";
import { type OptionsContext, unsupportedVariable, variableOptions } from "./variable-options.ts";
import { lookupOf, type VariableState, type VariableStates, validChoice } from "./variable-state.ts";

export interface ResolveContext extends Omit<OptionsContext, "lookup"> {
  readonly builtIn: Readonly<Record<string, string>>;
}

/** Those that need no other first. Circles are cut where they are found: their order in the file counts then. */
export function inDependencyOrder(variables: readonly Variable[]): readonly (readonly Variable[])[] {
  const names = new Set(variables.map(({ name }) => name));
  const needs = new Map(
    variables.map((variable) => {
      const own = [...referencesIn(variable.query), ...referencesIn(variable.regex)];
      return [variable.name, own.filter((name) => names.has(name) && name !== variable.name)];
    }),
  );
  const done = new Set<string>();
  const rounds: Variable[][] = [];
  let left = [...variables];
  while (left.length > 0) {
    const ready = left.filter(({ name }) => (needs.get(name) ?? []).every((one) => done.has(one)));
    const round = ready.length > 0 ? ready : left.slice(0, 1);
    rounds.push(round);
    for (const { name } of round) done.add(name);
    left = left.filter(({ name }) => !done.has(name));
  }
  return rounds;
}

/**
 * @param asked what people or the address chose
 * @throws `DOMException` `AbortError` when called off; other faults are told in each state
 */
export async function resolveVariables(
  variables: readonly Variable[],
  asked: ReadonlyMap<string, readonly string[]>,
  context: ResolveContext,
  signal: AbortSignal,
): Promise<VariableStates> {
  const states = new Map<string, VariableState>();
  for (const round of inDependencyOrder(variables)) {
    const lookup = lookupOf(states, new Map(), context.builtIn);
    const resolved = await Promise.all(
      round.map((variable) => resolvedState(variable, asked, { ...context, lookup }, signal)),
    );
    signal.throwIfAborted();
    for (const state of resolved) states.set(state.variable.name, state);
  }
  // As in the file, for those who look at them.
  return new Map(
    variables.flatMap(({ name }) => {
      const state = states.get(name);
      return state === undefined ? [] : [[name, state] as const];
    }),
  );
}

async function resolvedState(
  variable: Variable,
  asked: ReadonlyMap<string, readonly string[]>,
  context: OptionsContext,
  signal: AbortSignal,
): Promise<VariableState> {
  const choice = asked.get(variable.name);
  const unsupported = unsupportedVariable(variable);
  if (unsupported !== undefined) {
    return { variable, options: [], chosen: choice ?? variable.current, problem: unsupported };
  }
  try {
    const options = await variableOptions(variable, context, signal);
    return { variable, options, chosen: validChoice(variable, options, choice), problem: undefined };
  } catch (error) {
    signal.throwIfAborted();
    const problem = error instanceof Error ? error.message : String(error);
    return { variable, options: variable.options, chosen: choice ?? variable.current, problem };
  }
}
